import { isAlias, isMap, isScalar, isSeq, type ParsedNode } from "yaml";
import { ConfigError } from "../errors.ts";
import { findSettingFault } from "./check-setting.ts";
import { didYouMean } from "./did-you-mean.ts";
import { type Field, fields } from "./fields.ts";
import { type ConfigValue, formOf, parseValue } from "./parse-value.ts";
import { parseYaml } from "./parse-yaml.ts";
import { type Environment, substitute } from "./substitute.ts";

/** A value of a configuration, and where it comes from. */
export interface Setting {
  readonly field: Field;
  readonly value: ConfigValue;
  /** For people, for example `brigbox.yaml:12` or `variable BRIGBOX_LIMITS_MEMORY`. */
  readonly origin: string;
}

/** A configuration is some lines long; what is larger is something else. */
export const mostConfigBytes: number = 256 * 1024;

/**
 * The settings in a configuration's text.
 *
 * @param fileName what messages and origins call it.
 * @throws ConfigError that names file, line and path: for what is no YAML, unknown keys (with the one that was probably meant), values of
 * the wrong form or out of range, and variables that are not set. A variable's value is never shown.
 */
export function parseConfig(text: string, fileName: string, environment: Environment): readonly Setting[] {
  const { document, place } = parseYaml(text, fileName);
  return document.contents === null ? [] : readMap(document.contents, "", { place, environment });
}

interface Reader {
  readonly environment: Environment;
  place(offset: number): string;
}

function readMap(node: ParsedNode, prefix: string, reader: Reader): Setting[] {
  const here = reader.place(node.range[0]);
  if (isScalar(node) && node.value === null) return [];
  if (!isMap(node)) {
    const what = prefix === "" ? "the file" : prefix;
    throw new ConfigError(`${here}: ${what} must hold keys, each with a colon behind it`);
  }
  return node.items.flatMap(({ key, value }) => {
    const at = reader.place(key.range[0]);
    if (!isScalar(key) || typeof key.value !== "string")
      throw new ConfigError(`${at}: ${prefix === "" ? "a key" : `a key below ${prefix}`} is no name`);
    const path = prefix === "" ? key.value : `${prefix}.${key.value}`;
    return readEntry({ path, value: value as ParsedNode | null, at }, reader);
  });
}

function readEntry(
  { path, value, at }: { readonly path: string; readonly value: ParsedNode | null; readonly at: string },
  reader: Reader,
): Setting[] {
  const field = fields.find((known) => known.path === path);
  if (field !== undefined) return [readSetting(field, { value, at }, reader)];
  if (fields.some((known) => known.path.startsWith(`${path}.`)))
    return value === null ? [] : readMap(value, path, reader);
  throw new ConfigError(`${at}: unknown key "${path.slice(0, 80)}"; ${hintFor(path)}`);
}

function hintFor(path: string): string {
  const known = fields.map((field) => field.path);
  const lastWord = (text: string): string => text.slice(text.lastIndexOf(".") + 1);
  // The right word in the wrong place is likelier than a misspelt one.
  const elsewhere = known.find((name) => lastWord(name) === lastWord(path));
  const meant = elsewhere ?? didYouMean(path, known) ?? byLastWord(path, known);
  return meant === null ? `known ones: ${known.join(", ")}` : `did you mean "${meant}"?`;
}

function byLastWord(path: string, known: readonly string[]): string | null {
  const folder = path.slice(0, path.lastIndexOf(".") + 1);
  const siblings = known.filter((name) => name.startsWith(folder));
  const word = didYouMean(
    path.slice(folder.length),
    siblings.map((name) => name.slice(folder.length)),
  );
  return word === null ? null : `${folder}${word}`;
}

function readSetting(
  field: Field,
  { value, at }: { readonly value: ParsedNode | null; readonly at: string },
  reader: Reader,
): Setting {
  const variables: string[] = [];
  const raw = toPlain(value, { at, path: field.path, reader, variables });
  // What a variable holds may be a secret that was put in by mistake.
  const source = variables.length === 0 ? "" : ` (from the variable ${variables.join(", ")})`;
  const parsed = parseValue(field, raw);
  if (parsed === null) throw new ConfigError(`${at}: ${field.path} must be ${formOf(field)}${source}`);
  const complaint = findSettingFault(field, parsed.value, { hideValue: variables.length > 0 });
  if (complaint !== null) throw new ConfigError(`${at}: ${field.path}: ${complaint}${source}`);
  return { field, value: parsed.value, origin: at };
}

interface Origin {
  readonly at: string;
  readonly path: string;
  readonly reader: Reader;
  /** Filled with the names of the variables that the value comes from. */
  readonly variables: string[];
}

/** A scalar or a list of scalars, with variables put in; undefined for anything else. */
function toPlain(node: ParsedNode | null, origin: Origin): unknown {
  if (node === null) return null;
  if (isSeq(node)) return node.items.map((item) => toPlain(item as ParsedNode, origin));
  if (isAlias(node))
    throw new ConfigError(`${origin.at}: ${origin.path}: aliases are not taken; write the value itself`);
  if (!isScalar(node)) return undefined;
  if (typeof node.value !== "string") return node.value;
  const substitution = substitute(node.value, origin.reader.environment);
  if (substitution.kind === "fault")
    throw new ConfigError(`${origin.at}: ${origin.path}: ${substitution.message}`);
  if (substitution.kind === "substituted") origin.variables.push(...substitution.variables);
  return substitution.text;
}
