import type { LogFormat, LogLevel } from "./logging/log-choice.ts";
import type { Output } from "./output/terminal.ts";

/** All that the command touches outside of itself; a parameter, so that it can be tried without a process of its own. */
export interface CliContext {
  readonly out: Output;
  readonly err: Output;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborts at Ctrl-C. */
  readonly signal: AbortSignal;
  /** Asks a question that is answered by yes or no; null where nobody can be asked. */
  readonly confirm: ((question: string) => Promise<boolean>) | null;
}

/** What every command understands. */
export interface GlobalOptions {
  /** Where the Engine is, as `DOCKER_HOST` takes it; found by itself unless given. */
  readonly host?: string | null;
  readonly logLevel?: LogLevel;
  readonly log?: LogFormat;
}
