import { readFile } from "node:fs/promises";
import { packageFile } from "../../package-file.ts";
import type { NumericLimit, Policy } from "../../policy/policy.ts";
import type { RunResult } from "../../verdict.ts";
import { type AttackInfo, probedAttacks, type RunAttack, runAttacks } from "./attacks.ts";

/** How an attack ended. */
export interface AttackResult extends AttackInfo {
  /** `stopped` is good; `unknown` means that it could not be tried, and proves nothing. */
  readonly outcome: "stopped" | "through" | "unknown";
  /** What had to happen. */
  readonly expected: string;
  /** What happened. */
  readonly seen: string;
}

/** Runs code in the jail that is examined, without validator and audit hook, which would only hide what the jail itself holds. */
export type RunInJail = (
  code: string,
  options: Partial<Pick<Policy, NumericLimit>> & { readonly signal?: AbortSignal },
) => Promise<RunResult>;

/** Options of {@link attackJail}. */
export interface AttackOptions {
  /** The policy that the jail has; attacks take no more than it allows. */
  readonly policy: Policy;
  readonly signal?: AbortSignal;
  /** Called as each container is about to be attacked; `fraction` of them are done. */
  onProgress?(fraction: number, title: string): Promise<void> | void;
}

/** All probes together, milliseconds; most are a system call. */
const probeTimeoutMs = 60_000;

/** Enough to see a bomb stopped, and soon. */
const bombMemoryBytes = 128 * 1024 ** 2;

/**
 * Attacks the jail from inside, some forty times in one container and then in a few of their own.
 *
 * @example
 * const results = await attackJail((code, options) => executor.run(code, options), { policy });
 * const holes = results.filter(({ outcome }) => outcome === "through");
 */
export async function attackJail(run: RunInJail, options: AttackOptions): Promise<readonly AttackResult[]> {
  const { policy, signal, onProgress } = options;
  const all = runAttacks.length + 1;
  const passed = signal === undefined ? {} : { signal };
  await onProgress?.(0, `${probedAttacks.length} probes in one container`);
  const results = [...(await probe(run, policy, passed))];
  for (const [position, attack] of runAttacks.entries()) {
    signal?.throwIfAborted();
    await onProgress?.((position + 1) / all, attack.title);
    results.push(await attackByRun(run, attack, { policy, ...passed }));
  }
  return results;
}

async function probe(
  run: RunInJail,
  policy: Policy,
  passed: { readonly signal?: AbortSignal },
): Promise<readonly AttackResult[]> {
  const parts = ["attacks.py", "judge.py"].map((name) =>
    readFile(packageFile(`lib/doctor/attack/${name}`), "utf8"),
  );
  const code = (await Promise.all(parts)).join("\n");
  const result = await run(code, { timeoutMs: Math.min(policy.timeoutMs, probeTimeoutMs), ...passed });
  passed.signal?.throwIfAborted();
  const found = result.status === "ok" ? result.values.result : null;
  return probedAttacks.map((info) => {
    const told = readTold(found, info.id);
    return {
      ...info,
      expected: "stopped",
      ...(told ?? {
        outcome: "unknown",
        seen: `the probe did not tell (${result.status}: ${result.message})`,
      }),
    };
  });
}

/** What the probe says comes out of the jail, so nothing is taken for granted. */
function readTold(found: unknown, id: string): Pick<AttackResult, "outcome" | "seen"> | null {
  if (typeof found !== "object" || found === null || !Object.hasOwn(found, id)) return null;
  const { outcome, seen } = (found as Record<string, { outcome?: unknown; seen?: unknown }>)[id] ?? {};
  if ((outcome !== "stopped" && outcome !== "through" && outcome !== "unknown") || typeof seen !== "string")
    return null;
  return { outcome, seen: seen.slice(0, 200) };
}

async function attackByRun(
  run: RunInJail,
  { id, title, code, expected, timeoutMs }: RunAttack,
  { policy, signal }: { readonly policy: Policy; readonly signal?: AbortSignal },
): Promise<AttackResult> {
  const result = await run(code, {
    timeoutMs: Math.min(policy.timeoutMs, timeoutMs),
    memoryBytes: Math.min(policy.memoryBytes, bombMemoryBytes),
    ...(signal !== undefined && { signal }),
  });
  signal?.throwIfAborted();
  const isGone = result.cleanup?.isConfirmed === true;
  const end = isGone ? "" : ", and its container is not gone";
  return {
    id,
    title,
    outcome: result.status === expected && isGone ? "stopped" : "through",
    expected,
    seen: `${result.status}${end}`,
  };
}
