import type { CliContext } from "../../lib/cli/context.ts";
import type { Output } from "../../lib/cli/output/terminal.ts";
import { runCli } from "../../lib/cli/program.ts";

/** What a command left behind. */
export interface CliResult {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** What a command finds around it. */
export interface CliSurroundings {
  readonly stdin?: string | Uint8Array;
  readonly isTerminal?: boolean;
  readonly columns?: number;
  readonly signal?: AbortSignal;
  /** Variables; none unless given. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where it writes, for a spec that reads along. */
  readonly out?: CapturedOutput;
  readonly err?: CapturedOutput;
  /** Answers questions; nobody is there to be asked unless given. */
  readonly confirm?: (question: string) => Promise<boolean>;
}

/** An output that keeps what is written. */
export interface CapturedOutput extends Output {
  text(): string;
}

/** An output into memory. */
export function captureOutput(
  options: { readonly isTerminal?: boolean; readonly columns?: number } = {},
): CapturedOutput {
  const pieces: Buffer[] = [];
  return {
    isTerminal: options.isTerminal ?? false,
    hasColour: false,
    canRedraw: options.isTerminal ?? false,
    columns: options.columns ?? 80,
    write: async (text) => void pieces.push(Buffer.from(text)),
    text: () => Buffer.concat(pieces).toString("utf8"),
  };
}

/** Runs the command in this process, with everything around it replaced. */
export async function runCommand(args: readonly string[], around: CliSurroundings = {}): Promise<CliResult> {
  const {
    stdin = "",
    isTerminal = false,
    columns = 80,
    signal = new AbortController().signal,
    confirm = null,
    env = {},
    out = captureOutput({ isTerminal, columns }),
    err = captureOutput({ isTerminal, columns }),
  } = around;
  const context: CliContext = { out, err, stdin: onePiece(stdin), env, signal, confirm };
  const exitCode = await runCli(args, context);
  return { exitCode, out: out.text(), err: err.text() };
}

async function* onePiece(content: string | Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield Buffer.from(content);
}
