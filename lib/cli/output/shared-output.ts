import type { Output } from "./terminal.ts";

/** An output that a log is written to, in between what a command writes. */
export interface SharedOutput extends Output {
  /** Writes whole lines, which begin in a new one where something stands in the last. */
  writeLines(text: string): Promise<void>;
}

/** Nothing is drawn over on it, since a log's lines would come in between. */
export function createSharedOutput(output: Output): SharedOutput {
  let isLineOpen = false;
  function write(text: string | Uint8Array): Promise<void> {
    if (text.length > 0) isLineOpen = !endsLine(text);
    return output.write(text);
  }
  return {
    isTerminal: output.isTerminal,
    hasColour: output.hasColour,
    canRedraw: false,
    get columns() {
      return output.columns;
    },
    write,
    writeLines: (text) => write(isLineOpen ? `\n${text}` : text),
  };
}

function endsLine(text: string | Uint8Array): boolean {
  return typeof text === "string" ? text.endsWith("\n") : text.at(-1) === 0x0a;
}
