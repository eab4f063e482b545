import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

/** A piece of Python that the validator must refuse, or let through. */
export interface ValidatorCase {
  readonly name: string;
  readonly code: string;
}

const folder = new URL("../fixtures/validator/", import.meta.url);

/** The cases of a file in which each begins with a line `## name`. */
export function readCases(file: string): readonly ValidatorCase[] {
  const text = readFileSync(new URL(file, folder), "utf8");
  return text
    .split(/^## /m)
    .slice(1)
    .map((part) => ({ name: part.slice(0, part.indexOf("\n")), code: part.slice(part.indexOf("\n") + 1) }));
}

/** The files of a folder of the corpus, whole. Bytes that are no UTF-8 become U+FFFD. */
export function readCorpus(kind: "bypass" | "benign"): readonly ValidatorCase[] {
  const path = fileURLToPath(new URL(`corpus/${kind}`, folder));
  return readdirSync(path).map((file) => ({
    name: basename(file, ".py"),
    code: readFileSync(`${path}/${file}`, "utf8"),
  }));
}
