import { availableParallelism, totalmem } from "node:os";
import { type EngineClient, engineInfo } from "../../engine-api/mod.ts";
import type { Capacity } from "./admission.ts";
import { toSandboxError } from "./to-sandbox-error.ts";

/** What the Engine's machine has; what it does not say limits nothing. @throws SandboxError */
export async function readCapacity(client: EngineClient): Promise<Capacity> {
  try {
    const { MemTotal, NCPU } = await engineInfo(client);
    return {
      memoryBytes: MemTotal || Number.POSITIVE_INFINITY,
      cpus: NCPU || Number.POSITIVE_INFINITY,
    };
  } catch (error) {
    throw toSandboxError(error);
  }
}

/** What this machine has. */
export function hostCapacity(): Capacity {
  return { memoryBytes: totalmem(), cpus: availableParallelism() };
}
