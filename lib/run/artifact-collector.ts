import { HarnessProtocolError } from "../harness/errors.ts";
import type { ArtifactFrame } from "../harness/protocol.ts";
import type { Artifact } from "../verdict.ts";

/** Puts artifacts together from their frames, and holds the supervisor to the caps. */
export interface ArtifactCollector {
  open(frame: ArtifactFrame): void;
  addBytes(piece: Uint8Array): void;
  /** @throws HarnessProtocolError where the last one is not whole. */
  finish(): readonly Artifact[];
}

/** Caps of {@link createArtifactCollector}; the supervisor keeps the same, so going over them is no accident. */
export interface ArtifactCaps {
  readonly artifactCount: number;
  readonly artifactFileBytes: number;
  readonly artifactBytes: number;
}

/** A collector with caps on number, size and sum. */
export function createArtifactCollector(caps: ArtifactCaps): ArtifactCollector {
  const done: Artifact[] = [];
  const paths = new Set<string>();
  let total = 0;
  let path = "";
  let bytes = new Uint8Array(0);
  let fill = 0;

  function requireWhole(): void {
    if (fill !== bytes.length) throw new HarnessProtocolError("an artifact was cut");
  }

  return {
    open(frame) {
      requireWhole();
      total += frame.bytes;
      const isOver =
        done.length >= caps.artifactCount ||
        frame.bytes > caps.artifactFileBytes ||
        total > caps.artifactBytes;
      if (isOver || paths.has(frame.path))
        throw new HarnessProtocolError("an artifact beyond the caps, or sent twice");
      path = frame.path;
      bytes = new Uint8Array(frame.bytes);
      fill = 0;
      paths.add(path);
      done.push({ path, bytes });
    },
    addBytes(piece) {
      if (piece.length > bytes.length - fill)
        throw new HarnessProtocolError("an artifact is longer than announced");
      bytes.set(piece, fill);
      fill += piece.length;
    },
    finish() {
      requireWhole();
      return done;
    },
  };
}
