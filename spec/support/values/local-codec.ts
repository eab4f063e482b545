import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { preamble } from "./same.ts";

const program = fileURLToPath(new URL("../../fixtures/values/codec.py", import.meta.url));
const modules = fileURLToPath(new URL("../../../lib/harness/python", import.meta.url));

/** What became of a value: the bytes, or what was said instead. */
export type Told = Uint8Array | string;

/** The first Python on the PATH, or in `BRIGBOX_PYTHONS`, that has pandas; null where none has. */
export function findPandas(env: NodeJS.ProcessEnv = process.env): string | null {
  const listed = (env.BRIGBOX_PYTHONS ?? "").split(delimiter).filter((path) => path !== "");
  const onPath = (env.PATH ?? "").split(delimiter).map((folder) => join(folder, "python3"));
  const hasPandas = (path: string): boolean =>
    existsSync(path) && spawnSync(path, ["-I", "-c", "import pandas"]).status === 0;
  return [...listed, ...onPath].find(hasPandas) ?? null;
}

/** The blobs that the codec's Python side makes of expressions, by name; the error's text where it makes none. */
export function encodeInPython(
  python: string,
  expressions: ReadonlyMap<string, string>,
): ReadonlyMap<string, Told> {
  const answers = run(python, "encode", `${preamble}\nmakers = ${lambdas(expressions)}`);
  return new Map([...answers].map(([name, text]) => [name, readTold(text)]));
}

/** What is wrong with blobs, compared with the expressions of the same names; empty where nothing is. */
export function compareInPython(
  python: string,
  expressions: ReadonlyMap<string, string>,
  blobs: ReadonlyMap<string, Uint8Array>,
): Readonly<Record<string, string>> {
  const source = `${preamble}
makers = ${lambdas(expressions)}

def judge(name, value):
    expected = makers[name]()
    return None if same(value, expected) else "%r (%s) instead of %r (%s)" % (value, type(value).__name__, expected, type(expected).__name__)
`;
  const lines = [...blobs].map(
    ([name, blob]) => `${JSON.stringify(name)}\t${Buffer.from(blob).toString("base64")}`,
  );
  const answers = run(python, "decode", `${source}\n---\n${lines.join("\n")}`);
  return Object.fromEntries([...answers].filter(([, text]) => text !== "+"));
}

function lambdas(expressions: ReadonlyMap<string, string>): string {
  const entries = [...expressions].map(
    ([name, expression]) => `${JSON.stringify(name)}: lambda: ${expression}`,
  );
  return `{${entries.join(",\n")}}`;
}

function readTold(text: string): Told {
  return text.startsWith("+") ? Buffer.from(text.slice(1), "base64") : text.slice(1);
}

function run(python: string, what: "encode" | "decode", input: string): ReadonlyMap<string, string> {
  const { stdout, stderr, status } = spawnSync(python, ["-I", "-B", "-X", "utf8", program, what, modules], {
    input,
    encoding: "utf8",
    maxBuffer: 1024 ** 3,
    timeout: 120_000,
  });
  if (status !== 0) throw new Error(`${python} ${what}: ${stderr.slice(-2000)}`);
  const lines = stdout.split("\n").filter((line) => line !== "");
  return new Map(
    lines.map((line) => {
      const [name = "", text = ""] = line.split("\t");
      return [JSON.parse(name), text];
    }),
  );
}
