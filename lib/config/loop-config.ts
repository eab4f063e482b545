import * as v from "valibot";
import { isAlias, isNode, isScalar, visit } from "yaml";
import { ConfigError } from "../errors.ts";
import { didYouMean } from "./did-you-mean.ts";
import { loopSchema } from "./loop-schema.ts";
import type { LoopConfig } from "./loop-settings.ts";
import { type LocatedYaml, parseYaml } from "./parse-yaml.ts";
import { type Environment, substitute } from "./substitute.ts";

/**
 * Reads the configuration of a loop.
 *
 * @param fileName what messages call it.
 * @throws ConfigError that names file, line and path: for what is no YAML, unknown keys, values that are none, and variables that are not set. A
 * value is never shown.
 */
export function parseLoopConfig(text: string, fileName: string, environment: Environment): LoopConfig {
  const yaml = parseYaml(text, fileName);
  substituteAll(yaml, environment);
  const parsed = v.safeParse(loopSchema, yaml.document.toJS({ maxAliasCount: 0 }) ?? {});
  if (parsed.success) return parsed.output;
  throw new ConfigError(describe(parsed.issues.find(isUnknownKey) ?? parsed.issues[0], yaml));
}

/** Puts the environment's values into the texts, so that none of them can become a key. */
function substituteAll({ document, place }: LocatedYaml, environment: Environment): void {
  visit(document, (key, node) => {
    if (!isNode(node)) return;
    const at = place(node.range?.[0] ?? 0);
    if (isAlias(node)) throw new ConfigError(`${at}: aliases are not taken; write the value itself`);
    if (key === "key" || !isScalar(node) || typeof node.value !== "string") return;
    const substitution = substitute(node.value, environment);
    if (substitution.kind === "fault") throw new ConfigError(`${at}: ${substitution.message}`);
    node.value = substitution.text;
  });
}

type Issue = v.BaseIssue<unknown>;

function isUnknownKey({ type, expected }: Issue): boolean {
  return type === "strict_object" && expected === "never";
}

function describe(issue: Issue, yaml: LocatedYaml): string {
  const keys = (issue.path ?? []).map(({ key }) => key as string | number);
  const path = keys.join(".").slice(0, 120);
  const at = placeOf(keys, yaml);
  if (isUnknownKey(issue)) return `${at}: unknown key "${path}"; ${hint(issue)}`;
  if (issue.received === "undefined") return `${at}: ${path} is missing`;
  if (keys.length === 0) return `${at}: the file must hold keys, each with a colon behind it`;
  const form = issue.message.startsWith("Invalid") ? "keys, each with a colon behind it" : issue.message;
  return `${at}: ${path} must be ${form}`;
}

/** What is missing has no place, so its parent's counts. */
function placeOf(keys: readonly (string | number)[], { document, place }: LocatedYaml): string {
  for (let length = keys.length; length > 0; length--) {
    const node = document.getIn(keys.slice(0, length), true);
    if (isNode(node) && node.range) return place(node.range[0]);
  }
  return place(0);
}

function hint(issue: Issue): string {
  const item = issue.path?.at(-1);
  const known = knownKeys(issue);
  const meant = didYouMean(String(item?.key ?? ""), known);
  return meant === null ? `known ones: ${known.join(", ")}` : `did you mean "${meant}"?`;
}

/** Keys of the object that the unknown one stands in. */
function knownKeys(issue: Issue): readonly string[] {
  const path: readonly v.IssuePathItem[] = issue.path ?? [];
  let schema: unknown = loopSchema;
  for (const { key, input } of path.slice(0, -1)) {
    const entries = entriesOf(schema, input);
    schema = entries[String(key)];
  }
  return Object.keys(entriesOf(schema, path.at(-1)?.input));
}

/** Looks through `optional`, `nullable` and the like, and into the variant that the input chose. */
function entriesOf(schema: unknown, input: unknown): Readonly<Record<string, unknown>> {
  const node = schema as {
    readonly wrapped?: unknown;
    readonly entries?: Readonly<Record<string, unknown>>;
    readonly options?: readonly unknown[];
  };
  if (node?.wrapped !== undefined) return entriesOf(node.wrapped, input);
  if (node?.entries !== undefined) return node.entries;
  const options = (node?.options ?? []).map((option) => entriesOf(option, input));
  const kind = (input as { readonly kind?: unknown } | null)?.kind;
  const chosen = options.find(
    (entries) => (entries.kind as { readonly literal?: unknown })?.literal === kind,
  );
  return chosen ?? options[0] ?? {};
}
