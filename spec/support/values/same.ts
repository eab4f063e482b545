import { readFileSync } from "node:fs";

/** Python: imports for the cases, and `same(left, right)`, which is true only for equal values of equal types. */
export const preamble: string = readFileSync(
  new URL("../../fixtures/values/same.py", import.meta.url),
  "utf8",
);
