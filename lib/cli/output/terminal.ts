import type { Writable } from "node:stream";

/** One output of the command: a terminal, a pipe or a file. */
export interface Output {
  readonly isTerminal: boolean;
  readonly hasColour: boolean;
  /** Whether what was written may be drawn over: on a terminal, where nothing comes in between. */
  readonly canRedraw: boolean;
  /** Width in letters; 80 where that is not known. */
  readonly columns: number;
  /** Resolves once the text is taken, so that a slow reader slows us down. Text for a reader who is gone is dropped. */
  write(text: string | Uint8Array): Promise<void>;
}

/** Colours by what they mean. */
export type Tone = "good" | "bad" | "warn" | "quiet" | "strong";

const codes: Readonly<Record<Tone, readonly [number, number]>> = {
  good: [32, 39],
  bad: [31, 39],
  warn: [33, 39],
  quiet: [2, 22],
  strong: [1, 22],
};

/**
 * An output over a stream of this process. Colour follows `NO_COLOR`, `FORCE_COLOR` and whether it is a terminal.
 *
 * @param onBroken called when the reader is gone, as with `| head`.
 */
export function createOutput(
  stream: Writable & { readonly isTTY?: boolean; readonly columns?: number },
  options: { readonly env: Readonly<Record<string, string | undefined>>; onBroken?(): void },
): Output {
  const isTerminal = stream.isTTY === true;
  let isBroken = false;
  stream.on("error", () => {
    isBroken = true;
    options.onBroken?.();
  });
  return {
    isTerminal,
    hasColour: wantsColour(options.env, isTerminal),
    canRedraw: isTerminal,
    get columns() {
      // A terminal that does not know its size says 0.
      return stream.columns || 80;
    },
    write: (text) =>
      new Promise((resolve) => {
        if (isBroken || text.length === 0) resolve();
        else stream.write(text, () => resolve());
      }),
  };
}

/** The text in the colour of its tone, where the output has colour. */
export function paint(output: Pick<Output, "hasColour">, tone: Tone, text: string): string {
  const [on, off] = codes[tone];
  return output.hasColour && text !== "" ? `\u001b[${on}m${text}\u001b[${off}m` : text;
}

function wantsColour(env: Readonly<Record<string, string | undefined>>, isTerminal: boolean): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== "0";
  return isTerminal && env.TERM !== "dumb";
}
