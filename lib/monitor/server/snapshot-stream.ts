import type { ServerResponse } from "node:http";
import type { Monitor } from "../monitor.ts";
import { securityHeaders } from "./answer.ts";

/** Limits of {@link createSnapshotStream}. */
export interface SnapshotStreamOptions {
  /** How many may read at a time. @default 16 */
  readonly maxReaders?: number;
  /** Between two snapshots at least, milliseconds. @default 500 */
  readonly gapMs?: number;
  /** At most, though nothing changes. @default 5000 */
  readonly beatMs?: number;
  /** How long a reader may not take what it was sent before it is dropped. @default 20000 */
  readonly patienceMs?: number;
}

/** Sends snapshots as server-sent events to whoever reads. */
export interface SnapshotStream {
  /** Begins to send; false where too many read already, and nothing was sent. */
  add(response: ServerResponse): boolean;
  readers(): number;
  /** Ends all of them. */
  close(): void;
}

interface Reader {
  readonly response: ServerResponse;
  /** Since when it has not taken what it was sent; null while it does. */
  blockedSince: number | null;
}

/** Nothing is made while nobody reads. A slow reader misses snapshots, since each holds all, and is dropped where it takes none. */
export function createSnapshotStream(
  monitor: Pick<Monitor, "on" | "snapshot">,
  options: SnapshotStreamOptions = {},
): SnapshotStream {
  const { maxReaders = 16, gapMs = 500, beatMs = 5000, patienceMs = 20_000 } = options;
  const readers = new Set<Reader>();
  let lastAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let beat: NodeJS.Timeout | undefined;
  let stop = (): void => undefined;

  function sendSoon(): void {
    if (timer !== undefined || readers.size === 0) return;
    timer = setTimeout(sendToAll, Math.max(0, lastAt + gapMs - performance.now()));
    timer.unref();
  }

  function sendToAll(): void {
    clearTimeout(timer);
    timer = undefined;
    lastAt = performance.now();
    const message = `data: ${JSON.stringify(monitor.snapshot())}\n\n`;
    for (const reader of readers) send(reader, message);
  }

  function send(reader: Reader, message: string): void {
    const { response, blockedSince } = reader;
    if (blockedSince === null) {
      if (!response.write(message)) reader.blockedSince = performance.now();
    } else if (performance.now() - blockedSince > patienceMs) response.destroy();
  }

  function begin(): void {
    stop = monitor.on("change", sendSoon);
    beat = setInterval(sendToAll, beatMs);
    beat.unref();
  }

  function end(): void {
    stop();
    clearInterval(beat);
    clearTimeout(timer);
    timer = undefined;
  }

  return {
    add(response) {
      if (readers.size >= maxReaders) return false;
      const reader: Reader = { response, blockedSince: null };
      response.on("drain", () => {
        reader.blockedSince = null;
        sendSoon();
      });
      response.on("error", () => undefined);
      response.once("close", () => {
        readers.delete(reader);
        if (readers.size === 0) end();
      });
      response.writeHead(200, { ...securityHeaders, "content-type": "text/event-stream; charset=utf-8" });
      if (readers.size === 0) begin();
      readers.add(reader);
      send(reader, `data: ${JSON.stringify(monitor.snapshot())}\n\n`);
      return true;
    },
    readers: () => readers.size,
    close() {
      for (const { response } of readers) response.destroy();
    },
  };
}
