import { TextDecoder } from "node:util";
import type { OutputChunk } from "../../engine-api/mod.ts";
import { HarnessProtocolError } from "../harness/errors.ts";
import { createFrameDecoder, type HarnessFrame } from "../harness/frame-decoder.ts";
import { parseArtifact, parseReady, parseReport } from "../harness/payloads.ts";
import type { FrameKind, ReadyFrame } from "../harness/protocol.ts";
import type { Policy } from "../policy/policy.ts";
import type { Artifact } from "../verdict.ts";
import { type ArtifactCollector, createArtifactCollector } from "./artifact-collector.ts";
import { type CollectedOutcome, createOutcomeCollector, type OutcomeCollector } from "./outcome-collector.ts";
import { createOutputLog, type OutputLog } from "./output-log.ts";
import type { RunEvent } from "./state.ts";

/** All that a container sends, as far as it is understood and within its caps. */
export interface SupervisorStream {
  /** From now on there is a job, and what comes of it is taken within the policy's caps. Before, only the handshake may come. */
  accept(policy: Policy): void;
  /** Takes a chunk of the container's output; returns what it means for the run. @throws HarnessProtocolError */
  push(chunk: OutputChunk): readonly RunEvent[];
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

const maxComplaintBytes = 8192;

/** What is collected of one job. */
interface Collectors {
  readonly log: OutputLog;
  readonly outcome: OutcomeCollector;
  readonly artifacts: ArtifactCollector;
}

/** Takes apart what one container sends. */
export function createSupervisorStream(): SupervisorStream {
  const decoder = createFrameDecoder();
  const nothing = createOutputLog({ stdoutBytes: 0, stderrBytes: 0 });
  let collectors: Collectors | null = null;
  let ready: ReadyFrame | null = null;
  let hasStarted = false;
  const complaintDecoder = new TextDecoder();
  let complaintRoom = maxComplaintBytes;
  let complaints = "";

  function interpret({ kind, payload }: HarnessFrame): RunEvent | null {
    if (kind === "ready") {
      if (ready !== null) throw new HarnessProtocolError("the supervisor said ready twice");
      ready = parseReady(payload);
      return { type: "ready", frame: ready };
    }
    if (collectors === null)
      throw new HarnessProtocolError("the supervisor spoke of a job before it was given one");
    return collect(kind, payload, collectors);
  }

  function collect(
    kind: Exclude<FrameKind, "ready">,
    payload: Uint8Array,
    { log, outcome, artifacts }: Collectors,
  ): RunEvent | null {
    switch (kind) {
      case "stdout":
      case "stderr":
        return addOutput(log, kind, payload);
      case "outcome":
        outcome.add(payload);
        return null;
      case "artifact":
        artifacts.open(parseArtifact(payload));
        return null;
      case "artifact-bytes":
        artifacts.addBytes(payload);
        return null;
      case "report":
        return { type: "report", report: parseReport(payload) };
      case "started":
        hasStarted = true;
        return null;
      default:
        return kind satisfies never;
    }
  }

  return {
    accept(policy) {
      collectors = {
        log: createOutputLog(policy),
        outcome: createOutcomeCollector(policy.resultBytes),
        artifacts: createArtifactCollector(policy),
      };
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
    get log() {
      return collectors?.log ?? nothing;
    },
    ready: () => ready,
    hasStarted: () => hasStarted,
    complaints: () => complaints.trim(),
    outcome: () => collectors?.outcome.finish() ?? null,
    artifacts: () => collectors?.artifacts.finish() ?? [],
  };
}

function addOutput(log: OutputLog, stream: "stdout" | "stderr", bytes: Uint8Array): RunEvent | null {
  const limit = log.add({ stream, bytes });
  return limit === null ? null : { type: "output-limit", limit };
}
