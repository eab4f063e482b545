import { type EngineClient, engineInfo } from "../../engine-api/mod.ts";
import { formatSize } from "../config/units.ts";
import { ConfigError } from "../errors.ts";
import { defaultPolicy, type Policy } from "./policy.ts";

/**
 * Refuses limits that the Engine's machine does not have, and runtimes that the Engine does not know. The Engine itself would accept any
 * amount of memory.
 *
 * @throws ConfigError that names what there is.
 */
export async function checkAgainstMachine(client: EngineClient, policy: Policy): Promise<void> {
  // The question takes the Engine longer than a whole container start, and small limits need no answer.
  if (policy.memoryBytes <= defaultPolicy.memoryBytes && policy.cpus <= 1 && policy.runtime === null) return;
  const { MemTotal: memory, NCPU: cpus, Runtimes: runtimes } = await engineInfo(client);
  checkRuntime(policy.runtime, runtimes);
  if (typeof memory === "number" && memory > 0 && policy.memoryBytes > memory) {
    throw new ConfigError(
      `memoryBytes: ${formatSize(policy.memoryBytes)} is more than the ${formatSize(memory)} of the Engine's machine`,
    );
  }
  if (typeof cpus === "number" && cpus > 0 && policy.cpus > cpus) {
    throw new ConfigError(`cpus: ${policy.cpus} is more than the ${cpus} of the Engine's machine`);
  }
}

function checkRuntime(runtime: string | null, known: object | null | undefined): void {
  // Engines also take the names of containerd's shims, which hold dots and stand in no list.
  if (runtime === null || runtime.includes(".") || known === null || known === undefined) return;
  if (Object.hasOwn(known, runtime)) return;
  const names = Object.keys(known).sort().join(", ");
  throw new ConfigError(
    `runtime: the Engine has no "${runtime}", only ${names}; install it, and name it in the Engine's daemon.json`,
  );
}
