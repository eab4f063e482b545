// Of the validator the package keeps this module apart, as it does `rehearse.ts`.
import { type ValidatorOptions, type Violation, validate } from "./mod.ts";

/** Validates as `validate` does. */
export type Validate = (code: string, options: ValidatorOptions) => readonly Violation[];

/** As many texts as one set of strategies may have. */
const mostTexts = 64;

/** Characters of one text; 64 such texts are 4 MiB. Longer code runs for long enough for its validation not to matter. */
const longestText = 64 * 1024;

/**
 * A validator that knows again what it let through before: the same text, to the last character, under the same options. A strategy is
 * tried on one set of data after another, and its validation is a tenth of a run in a waiting container. It forgets what was not asked
 * for the longest. What was refused is validated again each time, since nobody waits for a container then.
 */
export function rememberPassed(check: Validate = validate): Validate {
  const passed = new Set<string>();
  const remember = (key: string): void => {
    passed.delete(key);
    passed.add(key);
    for (const oldest of passed) {
      if (passed.size <= mostTexts) return;
      passed.delete(oldest);
    }
  };
  return (code, options) => {
    if (code.length > longestText) return check(code, options);
    // JSON has no line breaks of its own, so that no code can look like other options.
    const key = `${JSON.stringify([options.mode, options.imports])}\n${code}`;
    const violations = passed.has(key) ? [] : check(code, options);
    if (violations.length === 0) remember(key);
    return violations;
  };
}
