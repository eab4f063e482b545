import { posix } from "node:path";
import { readSource, type SourceFacts, type SourceImport } from "./read-source.ts";

/** The sources by their path from the top of the repository. */
export type Sources = Readonly<Record<string, string>>;

/** A place where a layer rule is broken. */
export interface Violation {
  readonly file: string;
  readonly rule: string;
  /** What was found, for the reader. */
  readonly found: string;
}

/** A package or a piece of the language that only some files may use. Paths that end in a slash are folders. */
interface Confinement {
  readonly rule: string;
  readonly allowedIn: readonly string[];
}

/** Packages, and the only places that may import them. */
export const confinedPackages: Readonly<Record<string, readonly string[]>> = {
  undici: ["engine-api/transport.ts"],
  "@lezer/python": ["lib/validator/"],
  "@lezer/common": ["lib/validator/"],
  valibot: ["lib/config/", "lib/harness/payloads.ts", "lib/policy/check-applied.ts"],
  yaml: ["lib/config/"],
  "modern-tar": ["lib/image/"],
  commander: ["lib/cli/"],
  "prom-client": ["lib/metrics/"],
  "@opentelemetry/api": ["lib/tracing/"],
};

/** Code that only some places may hold. */
export const confinedCode: readonly (Confinement & { readonly pattern: RegExp })[] = [
  { rule: "console only in lib/cli", pattern: /(?<![\w$.])console\b/, allowedIn: ["lib/cli/"] },
  { rule: "process.exit only in lib/cli", pattern: /\bprocess\.exit(Code)?\b/, allowedIn: ["lib/cli/"] },
  {
    rule: "standard streams only in lib/cli",
    pattern: /\bprocess\.(stdout|stderr|stdin)\b/,
    allowedIn: ["lib/cli/"],
  },
  { rule: "no default exports", pattern: /(?<![\w$.])export\s+default\b|\bas\s+default\b/, allowedIn: [] },
  { rule: "require is not for modules", pattern: /(?<![\w$.])require\s*\(/, allowedIn: [] },
];

/** Which file may import which, for imports inside the repository. */
export const boundaries: readonly {
  readonly rule: string;
  isBroken(from: string, to: string): boolean;
}[] = [
  {
    rule: "engine-api knows nothing of lib",
    isBroken: (from, to) => isIn(from, "engine-api/") && !isIn(to, "engine-api/"),
  },
  {
    rule: "lib imports engine-api only through engine-api/mod.ts",
    isBroken: (from, to) => isIn(from, "lib/") && isIn(to, "engine-api/") && to !== "engine-api/mod.ts",
  },
  { rule: "nothing imports spec", isBroken: (_, to) => isIn(to, "spec/") },
  {
    rule: "only lib/cli imports lib/cli",
    isBroken: (from, to) => isIn(to, "lib/cli/") && !isIn(from, "lib/cli/"),
  },
  {
    rule: "what needs prom-client is apart: only lib/cli imports lib/metrics",
    isBroken: (from, to) =>
      isIn(to, "lib/metrics/") && !isIn(from, "lib/metrics/") && !isIn(from, "lib/cli/"),
  },
  {
    rule: "nothing else imports lib/tracing, which is an entry point of its own",
    isBroken: (from, to) => isIn(to, "lib/tracing/") && !isIn(from, "lib/tracing/"),
  },
  { rule: "an import stays inside the repository", isBroken: (_, to) => to.startsWith("..") },
];

const maxLines = 300;
const longFiles: readonly string[] = ["engine-api/schema.ts"];

/**
 * Every place where the sources break the layer rules.
 *
 * @param sources `.ts` and `.py` files of `engine-api` and `lib`.
 * @param dependencies names from `dependencies` and `peerDependencies` of package.json.
 */
export function checkLayers(sources: Sources, dependencies: readonly string[]): Violation[] {
  const scripts = Object.entries(sources).filter(([file]) => file.endsWith(".ts"));
  const facts = new Map(scripts.map(([file, source]) => [file, readSource(source)]));
  return [
    ...Object.entries(sources).flatMap(([file, source]) => checkLength(file, source)),
    ...[...facts].flatMap(([file, known]) => checkImports(file, known.imports, { sources, dependencies })),
    ...[...facts].flatMap(([file, known]) => checkCode(file, known)),
    ...findCycles(facts),
  ];
}

function checkLength(file: string, source: string): Violation[] {
  const lines = source.replace(/\n$/, "").split("\n").length;
  if (lines <= maxLines || longFiles.includes(file)) return [];
  return [{ file, rule: `no file over ${maxLines} lines`, found: `${lines} lines` }];
}

function checkCode(file: string, { code }: SourceFacts): Violation[] {
  return confinedCode.flatMap(({ rule, pattern, allowedIn }) => {
    const found = pattern.exec(code);
    if (found === null || isAllowed(file, allowedIn)) return [];
    return [{ file, rule, found: `line ${code.slice(0, found.index).split("\n").length}` }];
  });
}

interface ImportContext {
  readonly sources: Sources;
  readonly dependencies: readonly string[];
}

function checkImports(file: string, imports: readonly SourceImport[], context: ImportContext): Violation[] {
  return imports.flatMap(({ specifier, line }) => {
    const rules =
      specifier === null
        ? ["an import names its target"]
        : specifier.startsWith(".")
          ? brokenBoundaries(file, specifier, context.sources)
          : brokenPackageRules(file, specifier, context.dependencies);
    return rules.map((rule) => ({ file, rule, found: `line ${line}: ${specifier ?? "a computed import"}` }));
  });
}

function brokenBoundaries(file: string, specifier: string, sources: Sources): string[] {
  const target = resolve(file, specifier);
  const rules = boundaries.filter(({ isBroken }) => isBroken(file, target)).map(({ rule }) => rule);
  const isKnown = target in sources || isIn(target, "spec/") || target.startsWith("..");
  return isKnown ? rules : [...rules, "an import names a file that exists, with its ending"];
}

function brokenPackageRules(file: string, specifier: string, dependencies: readonly string[]): string[] {
  if (specifier.startsWith("node:")) return [];
  const name = specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
  const rules: string[] = [];
  if (!dependencies.includes(name)) rules.push("an imported package is a dependency");
  const allowedIn = confinedPackages[name];
  if (allowedIn === undefined) rules.push("a package has its place in confinedPackages");
  else if (!isAllowed(file, allowedIn)) rules.push(`${name} only in ${allowedIn.join(", ")}`);
  return rules;
}

/** Imports of types alone make no cycle, since nothing of them is left at run time. */
function findCycles(facts: ReadonlyMap<string, SourceFacts>): Violation[] {
  const done = new Set<string>();
  const cycles: Violation[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    if (start !== -1) {
      const found = [...path.slice(start), file].join(" -> ");
      cycles.push({ file, rule: "no import cycles", found });
      return;
    }
    if (done.has(file)) return;
    for (const target of runtimeTargets(file, facts)) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of facts.keys()) visit(file, []);
  return cycles;
}

function runtimeTargets(file: string, facts: ReadonlyMap<string, SourceFacts>): string[] {
  return (facts.get(file)?.imports ?? [])
    .filter(({ specifier, isTypeOnly }) => !isTypeOnly && specifier?.startsWith("."))
    .map(({ specifier }) => resolve(file, specifier ?? ""));
}

function resolve(file: string, specifier: string): string {
  return posix.normalize(posix.join(posix.dirname(file), specifier));
}

function isAllowed(file: string, places: readonly string[]): boolean {
  return places.some((place) => (place.endsWith("/") ? isIn(file, place) : file === place));
}

function isIn(file: string, folder: string): boolean {
  return file.startsWith(folder);
}
