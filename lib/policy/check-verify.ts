import { ConfigError } from "../errors.ts";
import { type VerifyMode, verifyModes } from "./policy.ts";

/** The mode, if it is one. @throws ConfigError */
export function checkVerify(verify: unknown): VerifyMode {
  const known = verifyModes.find((mode) => mode === verify);
  if (known === undefined)
    throw new ConfigError(`verify must be one of ${verifyModes.map((mode) => `"${mode}"`).join(", ")}`);
  return known;
}
