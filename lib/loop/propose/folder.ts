import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { readLimited, refuse } from "../../host/read-file.ts";
import type { Proposer } from "../proposer.ts";

const mostFiles = 100_000;
const mostBytes = 4 * 1024 * 1024;

/**
 * A proposer that gives each Python file of a folder once, by name, and then has no more.
 *
 * @throws ConfigError for a folder that cannot be read, or holds none.
 */
export async function createFolderProposer(folder: string): Promise<Proposer> {
  const names = await listPython(folder);
  return {
    async propose({ index }) {
      const name = names[index];
      return name === undefined ? null : { code: await readText(join(folder, name)), meta: name };
    },
  };
}

/** The texts of a folder's Python files, by name. @throws ConfigError as {@link createFolderProposer} */
export async function readPythonFolder(folder: string): Promise<readonly string[]> {
  const texts: string[] = [];
  for (const name of await listPython(folder)) texts.push(await readText(join(folder, name)));
  return texts;
}

async function listPython(folder: string): Promise<readonly string[]> {
  const what = { what: "a folder of candidates" };
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown";
    throw refuse(folder, what, code === "ENOENT" ? "there is no such folder" : `the system says ${code}`);
  }
  const python = names.filter((name) => name.endsWith(".py")).sort();
  if (python.length === 0) throw refuse(folder, what, "it holds no file that ends with .py");
  if (python.length > mostFiles) throw refuse(folder, what, `it holds more than ${mostFiles} files`);
  return python;
}

async function readText(path: string): Promise<string> {
  return new TextDecoder().decode(await readLimited(path, { what: "a candidate", mostBytes }));
}
