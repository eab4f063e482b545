import { didYouMean } from "../config/did-you-mean.ts";
import { ConfigError } from "../errors.ts";
import type { Policy, VerifyMode } from "../policy/policy.ts";

/** What an executor may do where no Engine can be reached. */
export const fallbacks = ["none", "direct"] as const;

/** See {@link DirectOptions.fallback}. */
export type Fallback = (typeof fallbacks)[number];

/** Options of an executor about direct execution: code as a process of this machine, with no container around it. */
export interface DirectOptions {
  /**
   * What is done where no Engine can be reached at the first run: `none` fails; `direct` runs that one and all later ones without
   * any isolation, with a warning each. Any other trouble with an Engine fails as ever, and once one was reached there is no way back.
   *
   * @default "none"
   */
  readonly fallback?: Fallback;
  /**
   * Runs all code without any isolation, with a warning each, and never asks for an Engine. For code of your own alone.
   *
   * @default false
   */
  readonly unsafeDirect?: boolean;
  /** The interpreter of direct execution, a path or a name on the PATH. @default "python3" */
  readonly python?: string;
}

/** When code runs directly: never, where no Engine can be reached, or always. */
export type DirectMode = "never" | "fallback" | "always";

/**
 * Whether and when an executor runs code directly.
 *
 * @throws ConfigError for options that cannot be used, and where the policy or the verification rules it out.
 */
export function resolveDirect(
  { fallback = "none", unsafeDirect = false, python }: DirectOptions,
  given: { readonly policy: Policy; readonly verify: VerifyMode },
): DirectMode {
  const fault = fallbackFault(fallback, { hideValue: false });
  if (fault !== null) throw new ConfigError(`fallback ${fault}`);
  if (typeof unsafeDirect !== "boolean") throw new ConfigError("unsafeDirect must be true or false");
  if (python !== undefined && (typeof python !== "string" || python === ""))
    throw new ConfigError("python must be the name or the path of an interpreter");
  const mode = unsafeDirect ? "always" : fallback === "direct" ? "fallback" : "never";
  if (mode !== "never") checkDirect(unsafeDirect ? "unsafeDirect" : 'fallback: "direct"', given);
  return mode;
}

/**
 * What is asked for must not be ruled out elsewhere.
 *
 * @param what asks for it, for messages.
 * @throws ConfigError
 */
export function checkDirect(
  what: string,
  { policy, verify }: { readonly policy: Policy; readonly verify: VerifyMode },
): void {
  if (policy.directExecution === "forbidden")
    throw new ConfigError(
      `${what}: the policy says directExecution "forbidden": code runs in containers only`,
    );
  if (verify === "attack")
    throw new ConfigError(
      `${what}: verify "attack" runs nothing before the jail has held, and direct execution has no jail; leave out one of them`,
    );
}

/**
 * What is wrong with a value of `fallback`; null where nothing is.
 *
 * @param options.hideValue for values that may be secrets.
 */
export function fallbackFault(value: unknown, options: { readonly hideValue: boolean }): string | null {
  const words: readonly unknown[] = fallbacks;
  if (words.includes(value)) return null;
  const meant = typeof value === "string" && !options.hideValue ? didYouMean(value, fallbacks) : null;
  return `must be one of ${fallbacks.map((word) => `"${word}"`).join(", ")}${meant === null ? "" : `; did you mean "${meant}"?`}`;
}
