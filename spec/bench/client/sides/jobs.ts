/** What a side is asked to do, as a line of JSON on its stdin. */
export type Job =
  /** So many calls, so many of them at a time. */
  | { readonly job: "ping" | "list"; readonly count: number; readonly atATime: number }
  /** Attaches to a created container, starts it, and reads its output to the end, demultiplexed. */
  | { readonly job: "attach"; readonly id: string }
  /** Reads a container's log to its end. */
  | { readonly job: "logs"; readonly id: string }
  /** Follows a container's log so many times at once, each to its end. */
  | { readonly job: "follow"; readonly id: string; readonly streams: number };

/** What it answers, as a line of JSON on its stdout. */
export interface JobResult {
  /** From the first call, or from the first byte of a stream, to the end. */
  readonly ms: number;
  /** CPU time of this process meanwhile. */
  readonly cpuMs: number;
  /** Bytes of output without headers, where there was any. */
  readonly bytes: number;
  /** Line ends among them, where a log was followed. */
  readonly lines: number;
}
