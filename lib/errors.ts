/** An option or a configuration that cannot be used; nothing was started. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** More runs wait for their turn than the executor lets wait; nothing was started. Start fewer at once, or raise `admission.maxQueued`. */
export class QueueFullError extends Error {
  override readonly name = "QueueFullError";
  /** How many may wait. */
  readonly maxQueued: number;

  constructor(maxQueued: number) {
    super(
      `${maxQueued} runs wait already; start fewer at once (runAll does so by itself), or raise admission.maxQueued`,
    );
    this.maxQueued = maxQueued;
  }
}

/** What {@link SandboxError} tells besides its message. */
export interface SandboxErrorDetails {
  /** True where the code may have run, wholly or in part, though its result is lost. */
  readonly outcomeUnknown?: boolean;
  readonly runId?: string;
  readonly cause?: unknown;
}

/**
 * The sandbox itself failed: no Engine, no image, a container that is not locked down as asked, a lost connection.
 * What the code did is never an error but a status of its `RunResult`. The Engine's own error is the `cause`.
 */
export class SandboxError extends Error {
  override readonly name = "SandboxError";
  readonly outcomeUnknown: boolean;
  readonly runId: string | null;

  constructor(message: string, details: SandboxErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.outcomeUnknown = details.outcomeUnknown ?? false;
    this.runId = details.runId ?? null;
  }
}
