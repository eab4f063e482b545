import { defaultPort } from "../../monitor/server/default-port.ts";

/**
 * The arguments, with the default port named where `--monitor` stands alone: what follows a flag whose value may be missing is taken for its
 * value, and `batch --monitor DIR` would lose its directory.
 */
export function withDefaultPort(argv: readonly string[]): string[] {
  const end = argv.indexOf("--");
  const isFlag = (at: number): boolean => argv[at] === "--monitor" && (end === -1 || at < end);
  return argv.map((argument, at) =>
    isFlag(at) && !/^\d+$/.test(argv[at + 1] ?? "") ? `${argument}=${defaultPort}` : argument,
  );
}
