import type { SharedOutput } from "../output/shared-output.ts";

/** Writes lines without making anyone wait for them. */
export interface LogWriter {
  write(line: string): void;
  /** Resolves once everything is written. */
  close(): Promise<void>;
}

/** How much may wait for a slow reader, in letters. */
const mostWaiting = 4 * 1024 * 1024;

/**
 * A writer that never grows without limit: what comes while too much waits already is dropped and counted.
 *
 * @param toDropped the line that tells of so many that were dropped, once there is room again.
 */
export function createLogWriter(
  output: Pick<SharedOutput, "writeLines">,
  toDropped: (count: number) => string,
  most: number = mostWaiting,
): LogWriter {
  let waiting = 0;
  let dropped = 0;
  let last: Promise<unknown> = Promise.resolve();

  function put(lines: string): void {
    waiting += lines.length;
    last = output.writeLines(lines).then(() => {
      waiting -= lines.length;
    });
  }

  function takeDropped(): string {
    const line = dropped === 0 ? "" : toDropped(dropped);
    dropped = 0;
    return line;
  }

  return {
    write(line) {
      if (waiting + line.length > most) dropped++;
      else put(`${takeDropped()}${line}`);
    },
    async close() {
      await last;
      if (dropped > 0) put(takeDropped());
      await last;
    },
  };
}
