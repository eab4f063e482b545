import { Writable } from "node:stream";
import type { TakeBytes } from "./serve.ts";

/** A stream that hands on what is written to it. */
export function sinkFor(take: TakeBytes): Writable {
  return new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      take(chunk);
      done();
    },
  });
}
