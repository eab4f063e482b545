import { type Duplex, PassThrough } from "node:stream";
import { engineMessage } from "./bodies.ts";
import { ResponseError } from "./errors.ts";

/** What a handler may do to the answer that it reads. */
interface FlowController {
  pause(): void;
  resume(): void;
  abort(reason: Error): void;
}

/** Takes an answer that came instead of an upgrade. */
export interface PlainAnswer {
  start(controller: FlowController, status: number): void;
  data(controller: FlowController, chunk: Uint8Array): void;
  end(): void;
  fail(error: unknown): void;
}

const maxRefusalBytes = 64 * 1024;

/**
 * An answer without a 101: a refusal, whose text must be shown, or (behind a proxy) the raw stream with status 200.
 *
 * @param onStream gets the output of a 200; it can only be read.
 * @param options.onRefusal gets a ResponseError with the Engine's words, at most 64 KiB of them looked at.
 */
export function createPlainAnswer(
  operation: string,
  options: {
    readonly onStream: (output: Duplex) => void;
    readonly onRefusal: (error: ResponseError) => void;
  },
): PlainAnswer {
  const output = new PassThrough();
  const refusal: Uint8Array[] = [];
  let refusalBytes = 0;
  let status = 0;

  function refuse(): void {
    const text = Buffer.concat(refusal).subarray(0, maxRefusalBytes).toString("utf8");
    options.onRefusal(new ResponseError(operation, status, engineMessage(text)));
  }

  return {
    start(controller, answered) {
      status = answered;
      if (status !== 200) return;
      output.on("drain", () => controller.resume());
      output.once("close", () => controller.abort(new Error("closed by the reader")));
      options.onStream(output);
    },
    data(controller, chunk) {
      if (status === 200) {
        if (!output.write(chunk)) controller.pause();
        return;
      }
      refusal.push(chunk);
      refusalBytes += chunk.length;
      if (refusalBytes < maxRefusalBytes) return;
      refuse();
      controller.abort(new Error("the refusal is longer than what is read of it"));
    },
    end() {
      if (status === 200) output.end();
      else refuse();
    },
    fail(error) {
      output.on("error", () => undefined);
      output.destroy(error instanceof Error ? error : undefined);
    },
  };
}
