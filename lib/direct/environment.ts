import { sandboxEnvironment } from "../policy/container-spec.ts";

/** The variable by which processes of a run are known. */
export const runVariable = "BRIGBOX_RUN";

/**
 * All that code finds in its environment: what it would find in a container, with its own folder for `/tmp` and the same time zone. Nothing
 * of this process's own environment is in it.
 */
export function directEnvironment(folder: string, runName: string): Readonly<Record<string, string>> {
  return { ...sandboxEnvironment, HOME: folder, TMPDIR: folder, TZ: "UTC", [runVariable]: runName };
}
