import { HarnessProtocolError } from "../harness/errors.ts";
import { parseOutcome } from "../harness/payloads.ts";
import type { ChildOutcome } from "../harness/protocol.ts";

/** What the child said at its end, and the encoded values that came with it. */
export interface CollectedOutcome {
  readonly outcome: ChildOutcome;
  readonly values: Uint8Array;
}

/** Puts the outcome together from the pieces in which the supervisor relays it. */
export interface OutcomeCollector {
  /** Takes the next piece. The code's own process sends them, so what cannot be an outcome makes this one void and is no fault of ours. */
  add(piece: Uint8Array): void;
  /** Null where the child never finished saying it, or said what is no outcome. */
  finish(): CollectedOutcome | null;
}

const lengthBytes = 4;
const maxOutcomeJsonBytes = 512 * 1024;

/**
 * The values go straight into one buffer of their announced size, so that typed arrays can look into it without another copy.
 *
 * @param maxValueBytes announced sizes over this are refused before anything is allocated.
 */
export function createOutcomeCollector(maxValueBytes: number): OutcomeCollector {
  const length = new Uint8Array(lengthBytes);
  let lengthFill = 0;
  let text: Uint8Array | null = null;
  let textFill = 0;
  let outcome: ChildOutcome | null = null;
  let values = new Uint8Array(0);
  let valueFill = 0;

  function openText(): void {
    const size = new DataView(length.buffer).getUint32(0);
    if (size > maxOutcomeJsonBytes) throw new HarnessProtocolError("the outcome's header is too long");
    text = new Uint8Array(size);
  }

  function openValues(json: Uint8Array): void {
    outcome = parseOutcome(json);
    if (outcome.valueBytes > maxValueBytes)
      throw new HarnessProtocolError("the outcome announces more values than its cap");
    values = new Uint8Array(outcome.valueBytes);
  }

  /** Copies into `target` what fits behind `fill`; returns how much that was. */
  function fillUp(target: Uint8Array, fill: number, piece: Uint8Array, start: number): number {
    const part = piece.subarray(start, start + target.length - fill);
    target.set(part, fill);
    return part.length;
  }

  function take(piece: Uint8Array, start: number): number {
    if (text === null) {
      const taken = fillUp(length, lengthFill, piece, start);
      lengthFill += taken;
      if (lengthFill === lengthBytes) openText();
      return taken;
    }
    if (outcome === null) {
      const taken = fillUp(text, textFill, piece, start);
      textFill += taken;
      if (textFill === text.length) openValues(text);
      return taken;
    }
    const taken = fillUp(values, valueFill, piece, start);
    if (taken === 0) throw new HarnessProtocolError("something follows the outcome");
    valueFill += taken;
    return taken;
  }

  let isVoid = false;
  return {
    add(piece) {
      try {
        for (let position = 0; position < piece.length && !isVoid; ) position += take(piece, position);
      } catch (error) {
        if (!(error instanceof HarnessProtocolError)) throw error;
        isVoid = true;
      }
    },
    finish: () => (!isVoid && outcome !== null && valueFill === values.length ? { outcome, values } : null),
  };
}
