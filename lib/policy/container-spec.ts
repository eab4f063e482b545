import { createHash } from "node:crypto";
import type { ContainerSpec } from "../../engine-api/mod.ts";
import type { Policy } from "./policy.ts";

/** What a container is made for. */
export interface ContainerPurpose {
  /** The image's id, `sha256:...`, so that a tag which moves in the meantime changes nothing. */
  readonly image: string;
  /** Program and arguments of PID 1. */
  readonly command: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** The profile that `seccomp: "python"` means, as JSON text. */
  readonly pythonSeccomp: string;
}

/**
 * What code finds in its environment. One thread each: the numeric libraries would start one per processor of the host, which they see, and
 * trip over the limits.
 */
export const sandboxEnvironment: Readonly<Record<string, string>> = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: "/tmp",
  TMPDIR: "/tmp",
  LANG: "C.UTF-8",
  PYTHONDONTWRITEBYTECODE: "1",
  OMP_NUM_THREADS: "1",
  OPENBLAS_NUM_THREADS: "1",
  MKL_NUM_THREADS: "1",
  NUMEXPR_NUM_THREADS: "1",
};

/**
 * The body of `POST /containers/create` for a policy. Pure: the same policy gives the same container.
 *
 * Facts: `MemorySwap` equal to `Memory` forbids swap; `LogConfig` none keeps output off the host's disk; a tmpfs without
 * `nr_inodes` can be filled with empty files until the memory killer comes.
 */
export function toContainerSpec(policy: Policy, purpose: ContainerPurpose): ContainerSpec {
  const [program = "", ...rest] = purpose.command;
  return {
    Image: purpose.image,
    Entrypoint: [program],
    Cmd: rest,
    Env: Object.entries(sandboxEnvironment).map(([name, value]) => `${name}=${value}`),
    User: policy.user,
    WorkingDir: "/tmp",
    Hostname: "sandbox",
    Domainname: "",
    NetworkDisabled: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    OpenStdin: true,
    StdinOnce: true,
    Tty: false,
    Healthcheck: { Test: ["NONE"] },
    StopSignal: "SIGKILL",
    Labels: { ...purpose.labels },
    HostConfig: toHostConfig(policy, purpose.pythonSeccomp),
  };
}

type HostConfig = NonNullable<ContainerSpec["HostConfig"]>;

/** The lock-down. Everything that the Engine would otherwise choose by itself and that matters is said here. */
export function toHostConfig(policy: Policy, pythonSeccomp: string): HostConfig {
  return {
    NetworkMode: "none",
    ReadonlyRootfs: true,
    Privileged: false,
    CapDrop: ["ALL"],
    SecurityOpt: [
      "no-new-privileges:true",
      ...(policy.seccomp === "python" ? [`seccomp=${pythonSeccomp}`] : []),
    ],
    IpcMode: "none",
    Memory: policy.memoryBytes,
    MemorySwap: policy.memoryBytes,
    NanoCpus: Math.round(policy.cpus * 1e9),
    PidsLimit: policy.maxProcesses,
    Ulimits: [
      { Name: "core", Soft: 0, Hard: 0 },
      { Name: "nofile", Soft: policy.openFiles, Hard: policy.openFiles },
    ],
    Tmpfs: {
      "/tmp": tmpfsOptions(policy.tmpBytes, policy.tmpInodes),
      "/dev/shm": tmpfsOptions(policy.shmBytes, policy.tmpInodes),
    },
    LogConfig: { Type: "none", Config: {} },
    RestartPolicy: { Name: "no", MaximumRetryCount: 0 },
    AutoRemove: true,
    ...(policy.runtime !== null && { Runtime: policy.runtime }),
  };
}

/** Identifies the containers that are made alike: the policy without what is enforced per job. */
export function hashPolicy(
  policy: Policy,
  { image, pythonSeccomp }: Omit<ContainerPurpose, "labels" | "command">,
): string {
  const { user } = policy;
  return createHash("sha256")
    .update(JSON.stringify([toHostConfig(policy, pythonSeccomp), user, image]))
    .digest("hex")
    .slice(0, 16);
}

function tmpfsOptions(sizeBytes: number, inodes: number): string {
  return `rw,noexec,nosuid,nodev,size=${sizeBytes},nr_inodes=${inodes},mode=1777`;
}
