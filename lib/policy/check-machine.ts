import { type EngineClient, engineInfo } from "../../engine-api/mod.ts";
import { formatSize } from "../config/units.ts";
import { ConfigError } from "../errors.ts";
import { defaultPolicy, type Policy } from "./policy.ts";

/**
 * Refuses limits that the Engine's machine does not have. The Engine itself would accept any amount of memory.
 *
 * @throws ConfigError that names what the machine has.
 */
export async function checkAgainstMachine(client: EngineClient, policy: Policy): Promise<void> {
  // The question takes the Engine longer than a whole container start, and small limits need no answer.
  if (policy.memoryBytes <= defaultPolicy.memoryBytes && policy.cpus <= 1) return;
  const { MemTotal: memory, NCPU: cpus } = await engineInfo(client);
  if (typeof memory === "number" && memory > 0 && policy.memoryBytes > memory) {
    throw new ConfigError(
      `memoryBytes: ${formatSize(policy.memoryBytes)} is more than the ${formatSize(memory)} of the Engine's machine`,
    );
  }
  if (typeof cpus === "number" && cpus > 0 && policy.cpus > cpus) {
    throw new ConfigError(`cpus: ${policy.cpus} is more than the ${cpus} of the Engine's machine`);
  }
}
