import * as v from "valibot";
import { HarnessProtocolError } from "./errors.ts";
import type { ArtifactFrame, ChildOutcome, CompiledModules, ReadyFrame, ReportFrame } from "./protocol.ts";

const count = v.pipe(v.number(), v.finite(), v.minValue(0));
const wholeCount = v.pipe(count, v.safeInteger());
const shortText = v.pipe(v.string(), v.maxLength(1024));

const readySchema = v.object({
  protocol: wholeCount,
  python: shortText,
  preloaded: v.record(shortText, shortText),
  missing: v.array(shortText),
  dumpable: v.boolean(),
});

const droppedSchema = v.object({
  path: v.pipe(v.string(), v.maxLength(4096)),
  reason: v.picklist([
    "not-a-regular-file",
    "file-too-large",
    "too-many",
    "total-too-large",
    "too-deep",
    "unreadable",
    "bad-name",
    "time",
  ]),
});

const reportFields = v.object({
  isKept: v.boolean(),
  cause: v.nullable(v.picklist(["timeout", "cpu-timeout", "output-limit"])),
  limit: v.nullable(v.picklist(["stdout", "stderr", "result"])),
  exitCode: v.nullable(v.pipe(wholeCount, v.maxValue(255))),
  signal: v.nullable(v.pipe(wholeCount, v.minValue(1), v.maxValue(64))),
  wallMs: count,
  userCpuMs: count,
  systemCpuMs: count,
  maxRssBytes: wholeCount,
  peakMemoryBytes: v.nullable(wholeCount),
  containerPeakBytes: v.nullable(wholeCount),
  pids: v.nullable(wholeCount),
  throttledMs: v.nullable(count),
  throttledPeriods: v.nullable(wholeCount),
  oomKills: v.nullable(wholeCount),
  stdoutBytes: wholeCount,
  stderrBytes: wholeCount,
  droppedArtifacts: v.pipe(v.array(droppedSchema), v.maxLength(1000)),
});

const reportSchema = v.pipe(
  reportFields,
  v.check(({ isKept, exitCode, signal }) =>
    isKept ? exitCode === null && signal === null : (exitCode === null) !== (signal === null),
  ),
  v.check(({ isKept, cause }) => !isKept || cause === null),
  v.check(({ cause, limit }) => (cause === "output-limit") === (limit !== null)),
);

const codesSchema = v.object({
  magic: v.pipe(v.string(), v.regex(/^[0-9a-f]{8}$/)),
  places: v.record(v.pipe(v.string(), v.regex(/^brigbox_[a-z_]{1,40}$/)), v.tuple([wholeCount, wholeCount])),
});

const artifactSchema = v.object({
  path: v.pipe(v.string(), v.minLength(1), v.maxLength(4096)),
  bytes: wholeCount,
});

const outcomeSchema = v.object({
  status: v.picklist(["ok", "error", "result-limit"]),
  exception: v.nullable(
    v.object({
      type: shortText,
      message: v.pipe(v.string(), v.maxLength(16_384)),
      traceback: v.pipe(v.string(), v.maxLength(65_536)),
      line: v.nullable(v.pipe(v.number(), v.safeInteger())),
    }),
  ),
  valueBytes: wholeCount,
  missing: v.array(shortText),
  auditEvents: v.pipe(
    v.array(
      v.object({
        event: shortText,
        detail: shortText,
        denied: v.boolean(),
        line: v.nullable(wholeCount),
        count: v.pipe(wholeCount, v.minValue(1)),
      }),
    ),
    v.maxLength(1000),
  ),
});

/** @throws HarnessProtocolError for anything but a {@link ReadyFrame}. */
export function parseReady(payload: Uint8Array): ReadyFrame {
  return parse(readySchema, payload, "ready");
}

/** @throws HarnessProtocolError for anything but {@link CompiledModules}, each module a part of the bytes. */
export function parseCodes(payload: Uint8Array): CompiledModules {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const end = payload.length < 4 ? Number.POSITIVE_INFINITY : 4 + view.getUint32(0);
  if (end > payload.length) throw new HarnessProtocolError("the codes frame is cut off");
  const { magic, places } = parse(codesSchema, payload.subarray(4, end), "codes");
  // A copy, so that what the frame lay in can go.
  const bytes = payload.slice(end);
  for (const [from, to] of Object.values(places))
    if (from >= to || to > bytes.length)
      throw new HarnessProtocolError("the codes frame speaks of bytes that it does not have");
  return { magic, places, bytes };
}

/** @throws HarnessProtocolError for anything but a {@link ReportFrame}. */
export function parseReport(payload: Uint8Array): ReportFrame {
  return parse(reportSchema, payload, "report");
}

/** @throws HarnessProtocolError for anything but an {@link ArtifactFrame} whose path stays below its folder. */
export function parseArtifact(payload: Uint8Array): ArtifactFrame {
  const artifact = parse(artifactSchema, payload, "artifact");
  const parts = artifact.path.split("/");
  if (
    parts.some((part) => part === "" || part === "." || part === "..") ||
    /[\p{Cc}\\]/u.test(artifact.path)
  ) {
    throw new HarnessProtocolError("the supervisor sent an artifact whose path leads elsewhere");
  }
  return artifact;
}

/** @throws HarnessProtocolError for anything but a {@link ChildOutcome}. */
export function parseOutcome(payload: Uint8Array): ChildOutcome {
  return parse(outcomeSchema, payload, "outcome");
}

function parse<T>(schema: v.GenericSchema<unknown, T>, payload: Uint8Array, what: string): T {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString("utf8"));
  } catch {
    throw new HarnessProtocolError(`the ${what} frame is not JSON`);
  }
  const parsed = v.safeParse(schema, json);
  if (parsed.success) return parsed.output;
  const paths = parsed.issues.map((issue) => v.getDotPath(issue) ?? "?").join(", ");
  throw new HarnessProtocolError(`the ${what} frame is not as the protocol says: ${paths.slice(0, 200)}`);
}
