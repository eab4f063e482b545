const MiB = 1024 ** 2;

/** Upper ends of the buckets that durations of runs are sorted into, seconds: from a run in a warm container to the longest default deadline. */
export const runSeconds: readonly number[] = [
  0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600,
];

/** The same for calls to the Engine and sweeps. */
export const callSeconds: readonly number[] = [
  0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30,
];

/** Upper ends of the buckets that memory is sorted into, bytes. */
export const memoryBytes: readonly number[] = [
  8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16_384,
].map((size) => size * MiB);
