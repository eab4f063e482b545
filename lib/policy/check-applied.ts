import * as v from "valibot";
import type { ContainerSpec } from "../../engine-api/mod.ts";
import { SandboxError } from "../errors.ts";

/**
 * What the Engine says that it made of our request. It accepts unknown keys in silence, and drops limits that its kernel cannot keep,
 * so what matters is read back before anything starts.
 */
const appliedSchema = v.object({
  Image: v.string(),
  Mounts: v.nullish(
    v.array(v.object({ Type: v.nullish(v.string()), Destination: v.nullish(v.string()) })),
    [],
  ),
  Config: v.object({ User: v.string(), Tty: v.boolean(), OpenStdin: v.boolean(), StdinOnce: v.boolean() }),
  HostConfig: v.object({
    NetworkMode: v.string(),
    ReadonlyRootfs: v.boolean(),
    Privileged: v.boolean(),
    CapDrop: v.array(v.string()),
    CapAdd: v.nullish(v.array(v.string()), []),
    SecurityOpt: v.array(v.string()),
    IpcMode: v.string(),
    PidMode: v.nullish(v.string(), ""),
    UTSMode: v.nullish(v.string(), ""),
    UsernsMode: v.nullish(v.string(), ""),
    Memory: v.number(),
    MemorySwap: v.number(),
    NanoCpus: v.number(),
    PidsLimit: v.number(),
    Binds: v.nullish(v.array(v.string()), []),
    VolumesFrom: v.nullish(v.array(v.string()), []),
    Devices: v.nullish(v.array(v.unknown()), []),
    DeviceRequests: v.nullish(v.array(v.unknown()), []),
    Tmpfs: v.record(v.string(), v.string()),
    Ulimits: v.array(v.object({ Name: v.string(), Soft: v.number(), Hard: v.number() })),
    LogConfig: v.object({ Type: v.string() }),
    AutoRemove: v.boolean(),
    Runtime: v.nullish(v.string(), ""),
    MaskedPaths: v.array(v.string()),
    ReadonlyPaths: v.array(v.string()),
  }),
});

type Applied = v.InferOutput<typeof appliedSchema>;

/**
 * Compares what the Engine applied with what was asked for, before the start.
 *
 * @param inspected the answer of `GET /containers/{id}/json`.
 * @throws SandboxError that names each difference.
 */
export function checkApplied(spec: ContainerSpec, inspected: unknown): void {
  const parsed = v.safeParse(appliedSchema, inspected);
  if (!parsed.success) {
    const paths = parsed.issues.map((issue) => v.getDotPath(issue) ?? "?").join(", ");
    throw new SandboxError(
      `the Engine does not say whether the container is locked down: ${paths} is missing or odd`,
    );
  }
  const differences = [
    ...hostConfigDifferences(spec, parsed.output),
    ...otherDifferences(spec, parsed.output),
  ];
  if (differences.length > 0) {
    throw new SandboxError(
      `the Engine did not lock the container down as asked, so it was not started: ${differences.join("; ")}`,
    );
  }
}

const comparedKeys = [
  "NetworkMode",
  "ReadonlyRootfs",
  "Privileged",
  "CapDrop",
  "SecurityOpt",
  "IpcMode",
  "Memory",
  "NanoCpus",
  "PidsLimit",
  "Tmpfs",
  "Ulimits",
  "AutoRemove",
] as const;

function hostConfigDifferences(spec: ContainerSpec, { HostConfig: applied }: Applied): string[] {
  const asked = spec.HostConfig ?? {};
  const found: string[] = [];
  for (const key of comparedKeys) {
    if (canonical(asked[key]) !== canonical(applied[key]))
      found.push(`${key} is ${show(applied[key])} instead of ${show(asked[key])}`);
  }
  if (applied.MemorySwap !== asked.MemorySwap) {
    found.push(
      `MemorySwap is ${applied.MemorySwap} instead of ${asked.MemorySwap} (swap limits need "swapaccount=1" on the kernel's command line)`,
    );
  }
  if (applied.LogConfig.Type !== "none")
    found.push(`the log driver is ${show(applied.LogConfig.Type)} instead of "none"`);
  if (asked.Runtime && applied.Runtime !== asked.Runtime)
    found.push(`the runtime is ${show(applied.Runtime)}`);
  return found;
}

function otherDifferences(spec: ContainerSpec, { Image, Config, Mounts, HostConfig }: Applied): string[] {
  const found: string[] = [];
  if (Image !== spec.Image) found.push(`the image is ${show(Image)}`);
  if (Config.User !== spec.User) found.push(`the user is ${show(Config.User)}`);
  if (Config.Tty || !Config.OpenStdin || !Config.StdinOnce) found.push("stdin is not set up as asked");
  const mounts = (Mounts ?? []).filter(({ Type }) => Type !== "tmpfs");
  for (const { Destination } of mounts)
    found.push(`${show(Destination)} is mounted (an image with VOLUME cannot be used)`);
  const forbidden = {
    CapAdd: HostConfig.CapAdd,
    Binds: HostConfig.Binds,
    VolumesFrom: HostConfig.VolumesFrom,
    Devices: HostConfig.Devices,
    DeviceRequests: HostConfig.DeviceRequests,
  };
  for (const [key, value] of Object.entries(forbidden))
    if ((value ?? []).length > 0) found.push(`${key} is not empty`);
  for (const key of ["PidMode", "UTSMode", "UsernsMode"] as const)
    if (HostConfig[key] === "host") found.push(`${key} is "host"`);
  if (HostConfig.MaskedPaths.length === 0 || HostConfig.ReadonlyPaths.length === 0)
    found.push("parts of /proc are not masked");
  return found;
}

/** Order of keys and of list entries says nothing here. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return JSON.stringify(value.map(canonical).sort());
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "undefined";
  const entries = Object.entries(value).map(([key, inner]) => [key, canonical(inner)] as const);
  return JSON.stringify(entries.sort(([left], [right]) => (left < right ? -1 : 1)));
}

function show(value: unknown): string {
  return (JSON.stringify(value) ?? "missing").slice(0, 120);
}
