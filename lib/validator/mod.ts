/**
 * The validator alone: it needs neither Docker nor the rest of the library, and is loaded in a fraction of the time.
 *
 * @example
 * import { validate } from "brigbox/validator";
 * const violations = validate("import os");
 *
 * @module
 */
export { type ValidatorOptions, validate } from "./validate.ts";
export type { RuleId, Violation } from "./violation.ts";
