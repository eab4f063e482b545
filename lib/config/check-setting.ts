import { fallbackFault } from "../direct/options.ts";
import { ConfigError } from "../errors.ts";
import { type Policy, verifyModes } from "../policy/policy.ts";
import { findFault } from "../policy/resolve-policy.ts";
import { resolvePoolOptions } from "../pool/options.ts";
import { resolveAdmission } from "../run/admission.ts";
import { didYouMean } from "./did-you-mean.ts";
import { type Field, groupOf } from "./fields.ts";
import type { ConfigValue } from "./parse-value.ts";

/**
 * What is wrong with a value of the right form; null where nothing is.
 *
 * @param options.hideValue for what came out of a variable: it may be a secret that was put in by mistake.
 */
export function findSettingFault(
  field: Field,
  value: ConfigValue,
  options: { readonly hideValue: boolean },
): string | null {
  const { key } = field;
  const group = groupOf(field);
  if (group === "pool" || group === "admission") return groupFault(group, key, value, options.hideValue);
  switch (key) {
    case "image":
    case "endpoint":
      return typeof value === "string" && /[\s\p{Cc}]/u.test(value) ? "must not hold spaces" : null;
    case "verify":
      return verifyFault(String(value), options.hideValue);
    case "fallback":
      return fallbackFault(value, options);
    default:
      return findFault(key as keyof Policy, value, options);
  }
}

/** What a null stands for where a key of the pool or the admission may be null. */
export const noLimit: number = Number.POSITIVE_INFINITY;

function groupFault(
  group: "pool" | "admission",
  key: string,
  value: ConfigValue,
  hideValue: boolean,
): string | null {
  const option = { [key]: value ?? noLimit };
  try {
    if (group === "pool") resolvePoolOptions({ size: 0, ...option });
    else resolveAdmission(option);
    return null;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    // Names are the only values that these messages show.
    if (hideValue && Array.isArray(value)) return "must be names of modules";
    return error.message.replace(new RegExp(`^${group}: ${key}:? `), "");
  }
}

function verifyFault(value: string, hideValue: boolean): string | null {
  const words: readonly string[] = verifyModes;
  if (words.includes(value)) return null;
  const meant = hideValue ? null : didYouMean(value, words);
  return `must be one of ${words.map((word) => `"${word}"`).join(", ")}${meant === null ? "" : `; did you mean "${meant}"?`}`;
}
