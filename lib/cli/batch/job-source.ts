import { type FileHandle, open, readdir, stat } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import { formatSize } from "../../config/units.ts";
import { ConfigError } from "../../errors.ts";
import { refuse } from "../../host/read-file.ts";
import { readFileLines } from "../../host/read-lines.ts";
import { type JobSpec, parseJob } from "./parse-job.ts";

/** Where the jobs of a batch are described. */
export interface JobSource {
  /** All of them in their order, read anew each time, one after another. @throws ConfigError with file and line */
  specs(): AsyncIterable<JobSpec>;
}

const what = { what: "the jobs" } as const;

/**
 * The jobs of a directory or of a JSONL file.
 *
 * @throws ConfigError for what is neither.
 */
export async function openJobSource(path: string): Promise<JobSource> {
  const stats = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw refuse(path, what, error.code === "ENOENT" ? "there is no such file" : `${error.code}`);
  });
  if (stats.isDirectory()) return { specs: () => specsOfFolder(path, "") };
  // It is read twice, which a pipe is not.
  if (!stats.isFile()) throw refuse(path, what, "it is neither a directory nor a regular file");
  return { specs: () => specsOfLines(path) };
}

/** Every `*.py` below the folder, in the order of their paths; what begins with a dot, and links, are left out. */
async function* specsOfFolder(folder: string, prefix: string): AsyncGenerator<JobSpec, void, undefined> {
  const entries = await readdir(join(folder, prefix), { withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      throw refuse(join(folder, prefix), what, `the system says ${error.code ?? "nothing more"}`);
    },
  );
  const paths = entries
    .filter(({ name }) => !name.startsWith("."))
    .filter((entry) => entry.isDirectory() || (entry.isFile() && entry.name.endsWith(".py")))
    .map((entry) => `${prefix}${entry.name}${entry.isDirectory() ? "/" : ""}`)
    .sort((left, right) => (left < right ? -1 : 1));
  for (const path of paths) {
    if (path.endsWith("/")) yield* specsOfFolder(folder, path);
    else yield specOfFile(folder, path);
  }
}

function specOfFile(folder: string, path: string): JobSpec {
  if (/\p{Cc}/u.test(path))
    throw new ConfigError(
      `${JSON.stringify(join(folder, path))}: its name holds control characters; rename it`,
    );
  const nothing = { inputs: {}, inputPaths: {}, files: {}, returns: null, limits: {} };
  return { id: path, at: join(folder, path), source: { path: join(folder, path) }, ...nothing };
}

/** Code, inputs and files of one job, all in one line. */
const mostLineBytes = 64 * 1024 * 1024;

async function* specsOfLines(path: string): AsyncGenerator<JobSpec, void, undefined> {
  const resolvePath = (given: string): string => pathBelow(dirname(path), given);
  const file = await open(path, "r").catch((error: NodeJS.ErrnoException) => {
    throw refuse(path, what, `the system says ${error.code ?? "nothing more"}`);
  });
  try {
    for await (const { at, number, json } of readJsonLines(file, path))
      yield parseJob(json, { at, defaultId: `line-${number}`, resolvePath });
  } finally {
    await file.close();
  }
}

async function* readJsonLines(
  file: FileHandle,
  path: string,
): AsyncGenerator<{ readonly at: string; readonly number: number; readonly json: unknown }, void, undefined> {
  for await (const { number, head, length } of readFileLines(file, mostLineBytes)) {
    const at = `${path}:${number}`;
    if (length > mostLineBytes)
      throw new ConfigError(
        `${at}: the line has ${formatSize(length)}, and ${formatSize(mostLineBytes)} are the most`,
      );
    const text = decodeText(head, at);
    if (text.trim() !== "") yield { at, number, json: parseJson(text, at) };
  }
}

function decodeText(bytes: Uint8Array, at: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new ConfigError(`${at}: the line is not UTF-8`);
  }
}

function parseJson(text: string, at: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // The message shows what stands there, so only the place is taken from it.
    const place = /at position (\d+)/.exec(String(error))?.[1];
    const where = place === undefined ? "" : ` (column ${Number(place) + 1})`;
    throw new ConfigError(`${at}: this is not JSON${where}; each line must be one object`);
  }
}

/** A list of jobs may come from elsewhere, and must not be able to name files of this machine that lie anywhere. */
function pathBelow(folder: string, path: string): string {
  const parts = path.split(/[/\\]/);
  if (path === "" || path.includes("\0") || isAbsolute(path) || parts.includes(".."))
    throw new ConfigError(
      `"${path.slice(0, 80)}" must be a path below the folder of the JSONL file, relative and without ".."`,
    );
  return join(folder, path);
}
