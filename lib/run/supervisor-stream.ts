import { TextDecoder } from "node:util";
import type { OutputChunk } from "../../engine-api/mod.ts";
import { HarnessProtocolError } from "../harness/errors.ts";
import { createFrameDecoder, type HarnessFrame } from "../harness/frame-decoder.ts";
import { parseArtifact, parseReady, parseReport } from "../harness/payloads.ts";
import type { ReadyFrame } from "../harness/protocol.ts";
import type { Policy } from "../policy/policy.ts";
import type { Artifact } from "../verdict.ts";
import { createArtifactCollector } from "./artifact-collector.ts";
import { type CollectedOutcome, createOutcomeCollector } from "./outcome-collector.ts";
import { createOutputLog, type OutputLog } from "./output-log.ts";
import type { RunEvent } from "./state.ts";

/** All that a container sends, as far as it is understood and within its caps. */
export interface SupervisorStream {
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

/** Takes apart what one container sends. */
export function createSupervisorStream(policy: Policy): SupervisorStream {
  const decoder = createFrameDecoder();
  const log = createOutputLog(policy);
  const outcome = createOutcomeCollector(policy.resultBytes);
  const artifacts = createArtifactCollector(policy);
  let ready: ReadyFrame | null = null;
  let hasStarted = false;
  const complaintDecoder = new TextDecoder();
  let complaintRoom = maxComplaintBytes;
  let complaints = "";

  function interpret({ kind, payload }: HarnessFrame): RunEvent | null {
    switch (kind) {
      case "ready":
        if (ready !== null) throw new HarnessProtocolError("the supervisor said ready twice");
        ready = parseReady(payload);
        return { type: "ready", frame: ready };
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
    log,
    ready: () => ready,
    hasStarted: () => hasStarted,
    complaints: () => complaints.trim(),
    outcome: () => outcome.finish(),
    artifacts: () => artifacts.finish(),
  };
}

function addOutput(log: OutputLog, stream: "stdout" | "stderr", bytes: Uint8Array): RunEvent | null {
  const limit = log.add({ stream, bytes });
  return limit === null ? null : { type: "output-limit", limit };
}
