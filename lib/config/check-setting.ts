import { verifyModes } from "../policy/policy.ts";
import { findFault } from "../policy/resolve-policy.ts";
import { didYouMean } from "./did-you-mean.ts";
import type { Field } from "./fields.ts";
import type { ConfigValue } from "./parse-value.ts";

/**
 * What is wrong with a value of the right form; null where nothing is.
 *
 * @param options.hideValue for what came out of a variable: it may be a secret that was put in by mistake.
 */
export function findSettingFault(
  { key }: Field,
  value: ConfigValue,
  options: { readonly hideValue: boolean },
): string | null {
  switch (key) {
    case "image":
    case "endpoint":
      return typeof value === "string" && /[\s\p{Cc}]/u.test(value) ? "must not hold spaces" : null;
    case "verify":
      return verifyFault(String(value), options.hideValue);
    default:
      return findFault(key, value, options);
  }
}

function verifyFault(value: string, hideValue: boolean): string | null {
  const words: readonly string[] = verifyModes;
  if (words.includes(value)) return null;
  const meant = hideValue ? null : didYouMean(value, words);
  return `must be one of ${words.map((word) => `"${word}"`).join(", ")}${meant === null ? "" : `; did you mean "${meant}"?`}`;
}
