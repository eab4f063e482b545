import type { Fallback } from "../../direct/options.ts";
import { defaultPolicy, type ModeName, modes, type Policy, type VerifyMode } from "../../policy/policy.ts";
import { type Output, paint } from "./terminal.ts";

const losses: Readonly<Record<ModeName, string>> = {
  validator: "the code is searched for less before it runs",
  audit: "forbidden acts are not stopped inside the container",
  directExecution: "code may run without a container where that is asked for",
  seccomp: "the code may make system calls that Python does not need",
};

/** What runs are about to be held to. */
export interface Strength {
  readonly policy: Policy;
  readonly verify: VerifyMode;
  readonly fallback: Fallback;
  readonly unsafeDirect: boolean;
}

/** What `fallback: direct` means. */
export const fallbackWarning =
  "fallback direct instead of none: where no Engine can be reached, code runs on this machine without any isolation";

/** Says what is weaker than by default, whoever made it so: a flag, a file or the environment. */
export async function warnOfWeakness(
  { policy, verify, fallback, unsafeDirect }: Strength,
  output: Output,
): Promise<void> {
  const names = Object.keys(modes) as readonly ModeName[];
  const warnings = names
    .filter((name) => isWeaker(name, policy))
    .map((name) => `${name} ${policy[name]} instead of ${defaultPolicy[name]}: ${losses[name]}`);
  if (verify === "off")
    warnings.push("verify off instead of inspect: the Engine is trusted to have locked the container down");
  if (unsafeDirect)
    warnings.push(
      "--unsafe-direct: no container is around the code, which can do to this machine what its user can",
    );
  else if (fallback === "direct") warnings.push(fallbackWarning);
  for (const warning of warnings) await output.write(`${paint(output, "warn", "!")} ${warning}\n`);
}

function isWeaker(name: ModeName, policy: Policy): boolean {
  const order: readonly string[] = modes[name];
  return order.indexOf(policy[name]) < order.indexOf(defaultPolicy[name]);
}
