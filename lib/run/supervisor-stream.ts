import { TextDecoder } from "node:util";
import type { OutputChunk } from "../../engine-api/mod.ts";
import { HarnessProtocolError } from "../harness/errors.ts";
import { createFrameDecoder, type HarnessFrame } from "../harness/frame-decoder.ts";
import { parseArtifact, parseCodes, parseReady, parseReport } from "../harness/payloads.ts";
import type { CompiledModules, FrameKind, ReadyFrame } from "../harness/protocol.ts";
import type { Policy } from "../policy/policy.ts";
import type { Artifact } from "../verdict.ts";
import { type ArtifactCollector, createArtifactCollector } from "./artifact-collector.ts";
import { type CollectedOutcome, createOutcomeCollector, type OutcomeCollector } from "./outcome-collector.ts";
import { createOutputLog, type OutputLog } from "./output-log.ts";
import type { RunEvent } from "./state.ts";

/** What a container says of one job. */
export interface JobStream {
  readonly log: OutputLog;
  /** The handshake, once it came. */
  ready(): ReadyFrame | null;
  /** True once the supervisor said that it forked the code's process. */
  hasStarted(): boolean;
  /** What the container itself wrote to its stderr: of the interpreter, not of the code. */
  complaints(): string;
  /** Null where the child did not finish saying how it ended. */
  outcome(): CollectedOutcome | null;
  artifacts(): readonly Artifact[];
}

/** All that a container sends, as far as it is understood and within its caps. Read as a {@link JobStream} it tells of the job under way. */
export interface SupervisorStream extends JobStream {
  /** From now on there is a job, and what comes of it is taken within the policy's caps. Before, only the handshake may come. */
  accept(policy: Policy): JobStream;
  /** The job is over, and nothing may come until the next one. */
  rest(): void;
  /** Takes a chunk of the container's output; returns what it means for the run. @throws HarnessProtocolError */
  push(chunk: OutputChunk): readonly RunEvent[];
}

const maxComplaintBytes = 8192;

/** What is collected of one job. */
interface Collectors {
  hasStarted: boolean;
  readonly log: OutputLog;
  readonly outcome: OutcomeCollector;
  readonly artifacts: ArtifactCollector;
}

/**
 * Takes apart what one container sends.
 *
 * @param onCodes gets the compiled supervisor, where the container was asked for it; unasked it may not come.
 */
export function createSupervisorStream(
  onCodes: ((codes: CompiledModules) => void) | null = null,
): SupervisorStream {
  const decoder = createFrameDecoder();
  const nothing = createOutputLog({ stdoutBytes: 0, stderrBytes: 0 });
  let collectors: Collectors | null = null;
  let ready: ReadyFrame | null = null;
  const complaintDecoder = new TextDecoder();
  let complaintRoom = maxComplaintBytes;
  let complaints = "";

  function interpret({ kind, payload }: HarnessFrame): RunEvent | null {
    if (kind === "codes") {
      if (onCodes === null || ready !== null)
        throw new HarnessProtocolError("the supervisor sent itself compiled, unasked or too late");
      onCodes(parseCodes(payload));
      return null;
    }
    if (kind === "ready") {
      if (ready !== null) throw new HarnessProtocolError("the supervisor said ready twice");
      ready = parseReady(payload);
      return { type: "ready", frame: ready };
    }
    if (collectors === null)
      throw new HarnessProtocolError("the supervisor spoke of a job before it was given one");
    return collect(kind, payload, collectors);
  }

  function toJobStream(current: () => Collectors | null): JobStream {
    return {
      get log() {
        return current()?.log ?? nothing;
      },
      ready: () => ready,
      hasStarted: () => current()?.hasStarted ?? false,
      complaints: () => complaints.trim(),
      outcome: () => current()?.outcome.finish() ?? null,
      artifacts: () => current()?.artifacts.finish() ?? [],
    };
  }

  const own: Pick<SupervisorStream, "accept" | "rest" | "push"> = {
    accept(policy) {
      const accepted = createCollectors(policy);
      collectors = accepted;
      return toJobStream(() => accepted);
    },
    rest() {
      collectors = null;
    },
    push({ stream, bytes }) {
      if (stream === "stderr") {
        const part = bytes.subarray(0, complaintRoom);
        complaintRoom -= part.length;
        complaints += complaintDecoder.decode(part, { stream: true });
        return [];
      }
      return decoder
        .push(bytes)
        .map(interpret)
        .filter((event) => event !== null);
    },
  };
  return Object.assign(
    toJobStream(() => collectors),
    own,
  );
}

function createCollectors(policy: Policy): Collectors {
  return {
    hasStarted: false,
    log: createOutputLog(policy),
    outcome: createOutcomeCollector(policy.resultBytes),
    artifacts: createArtifactCollector(policy),
  };
}

function collect(
  kind: Exclude<FrameKind, "codes" | "ready">,
  payload: Uint8Array,
  collectors: Collectors,
): RunEvent | null {
  switch (kind) {
    case "stdout":
    case "stderr":
      return addOutput(collectors.log, kind, payload);
    case "outcome":
      collectors.outcome.add(payload);
      return null;
    case "artifact":
      collectors.artifacts.open(parseArtifact(payload));
      return null;
    case "artifact-bytes":
      collectors.artifacts.addBytes(payload);
      return null;
    case "report":
      return { type: "report", report: parseReport(payload) };
    case "started":
      collectors.hasStarted = true;
      return null;
    default:
      return kind satisfies never;
  }
}

function addOutput(log: OutputLog, stream: "stdout" | "stderr", bytes: Uint8Array): RunEvent | null {
  const limit = log.add({ stream, bytes });
  return limit === null ? null : { type: "output-limit", limit };
}
