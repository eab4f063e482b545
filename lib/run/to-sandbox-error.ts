import { ConfigError, SandboxError } from "../errors.ts";

/** An error of the Engine's client as one of the sandbox, with the first as its cause. */
export function toSandboxError(error: unknown): unknown {
  if (error instanceof SandboxError || error instanceof ConfigError || !(error instanceof Error))
    return error;
  return new SandboxError(error.message, { cause: error });
}
