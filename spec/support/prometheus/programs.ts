import { spawnSync } from "node:child_process";

/** Why specs with a real Prometheus cannot run here; null where they can. */
export function prometheusObstacle(): string | null {
  const missing = ["prometheus", "promtool"].filter(
    (program) => spawnSync("sh", ["-c", `command -v ${program}`]).status !== 0,
  );
  if (missing.length === 0) return null;
  return `a Prometheus of their own needs ${missing.join(" and ")}; on Debian: apt-get install --no-install-recommends prometheus`;
}

/** What promtool says of a file or a text, and whether it complains. */
export function promtool(
  args: readonly string[],
  input = "",
): { readonly isFine: boolean; readonly says: string } {
  const { status, stdout, stderr } = spawnSync("promtool", args, { input, encoding: "utf8" });
  return { isFine: status === 0, says: `${stdout}${stderr}`.trim() };
}
