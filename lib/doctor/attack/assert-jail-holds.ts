import { SandboxError } from "../../errors.ts";
import type { Policy } from "../../policy/policy.ts";
import { tightenPolicy } from "../../policy/resolve-policy.ts";
import type { RunResult } from "../../verdict.ts";
import { type AttackResult, attackJail } from "./attack-jail.ts";

/**
 * Attacks the jail of a policy.
 *
 * @param run runs code under the policy that it is given.
 * @throws SandboxError that names what got through, or says that nothing could be tried.
 */
export async function assertJailHolds(
  policy: Policy,
  run: (jail: Policy, code: string) => Promise<RunResult>,
): Promise<void> {
  const jail: Policy = { ...policy, validator: "off", audit: "off" };
  const results = await attackJail(
    (code, { signal: _signal, ...limits }) => run(tightenPolicy(jail, limits), code),
    { policy },
  );
  assertHeld(results);
}

/** Attacks that could not be tried prove nothing, so some of them must have been. */
function assertHeld(results: readonly AttackResult[]): void {
  const holes = results.filter(({ outcome }) => outcome === "through");
  if (holes.length > 0) {
    const list = holes.map(({ title, seen }) => `${title} (${seen})`).join("; ");
    throw new SandboxError(`the jail does not hold, so nothing is run in it: the code could ${list}`);
  }
  if (!results.some(({ expected, outcome }) => expected === "stopped" && outcome === "stopped"))
    throw new SandboxError(
      `the attacks on the jail could not be tried: ${results[0]?.seen ?? "nothing was told"}`,
    );
}
