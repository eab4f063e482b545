import type { EngineClient } from "../../engine-api/mod.ts";
import { formatDuration } from "../config/units.ts";
import { createExecutor } from "../executor.ts";
import { type CheckResult, failure, fine, warning } from "./check.ts";

const trialCode = `
import sys
versions = {"python": sys.version.split()[0]}
for name in ("numpy", "pandas"):
    try:
        versions[name] = __import__(name).__version__
    except ImportError:
        versions[name] = None
result = versions
`;

/** A real run in a real sandbox, the way every run goes. */
export async function checkTrialRun(
  client: EngineClient,
  options: { readonly image?: string; readonly signal?: AbortSignal } = {},
): Promise<CheckResult> {
  const name = { id: "trial-run", title: "Trial run" } as const;
  const { image, signal } = options;
  await using executor = createExecutor({
    client,
    ...(image !== undefined && { image }),
    // The code is ours, and looks at what strangers must not see.
    policy: { timeoutMs: 60_000, validator: "off", audit: "off" },
  });
  try {
    const { status, message, values, timings, cleanup } = await executor.run(
      trialCode,
      signal === undefined ? {} : { signal },
    );
    if (status !== "ok")
      return { ...name, ...failure(`${status}: ${message}`, "run brigbox doctor, and see the Engine's log") };
    if (cleanup?.isConfirmed !== true)
      return { ...name, ...failure("its container could not be removed", "see docker ps -a") };
    const versions = Object.entries(values.result ?? {}) as [string, string | null][];
    const absent = versions.filter(([, version]) => version === null).map(([module]) => module);
    const found = versions
      .flatMap(([module, version]) => (version === null ? [] : [`${module} ${version}`]))
      .join(", ");
    const told = `${found} in ${formatDuration(timings.totalMs)}, nothing left behind`;
    return absent.length === 0
      ? { ...name, ...fine(told) }
      : { ...name, ...warning(told, `the image has no ${absent.join(" and no ")}`) };
  } catch (error) {
    signal?.throwIfAborted();
    return {
      ...name,
      ...failure(error instanceof Error ? error.message : String(error), "mend what is marked above"),
    };
  }
}
