import type { CodeNode } from "./code-tree.ts";
import { type AllowedModule, allowedModules, systemModules } from "./data/modules.ts";
import type { Facts, ScopedNode } from "./facts.ts";
import { hidesBuiltin, type Place, scopesOf } from "./scopes.ts";
import type { Finding, RuleId } from "./violation.ts";

/** What rules look at, and where they put what they find. */
export interface Check {
  readonly source: string;
  readonly facts: Facts;
  /** Modules that the caller allows besides the list, each with its submodules. */
  readonly extraModules: readonly string[];
  report(rule: RuleId, node: { readonly from: number; readonly to: number }, message: string): void;
}

/** A check without findings yet. */
export function createCheck(
  source: string,
  facts: Facts,
  extraModules: readonly string[],
): Check & { readonly findings: Finding[] } {
  const findings: Finding[] = [];
  return {
    source,
    facts,
    extraModules,
    findings,
    report: (rule, { from, to }, message) => void findings.push({ rule, from, to, message }),
  };
}

/** The text of a node. */
export function textOf(
  node: { readonly from: number; readonly to: number },
  { source }: Pick<Check, "source">,
): string {
  return source.slice(node.from, node.to);
}

/** The nodes of a name, in the order of the text. */
export function nodesNamed(name: string, { facts }: Pick<Check, "facts">): readonly ScopedNode[] {
  return facts.nodes.get(name) ?? [];
}

/** True where the name means the builtin of that name. */
export function isBuiltin(place: Place, { facts }: Check): boolean {
  return !hidesBuiltin(place, facts.deleted);
}

/** What an imported name stands for, such as `numpy` or `numpy.linalg.svd`; empty for a name that is no import. */
export function importOrigins(place: Place, { facts }: Pick<Check, "facts">): readonly string[] {
  // Most names are no imports, and are asked for most often.
  if (!facts.imported.has(place.name)) return [];
  const found: string[] = [];
  for (const { bindings } of scopesOf(place)) found.push(...(bindings.get(place.name)?.origins ?? []));
  return found;
}

/** True for a module of the caller's own list, and all below it. */
export function isExtra(path: string, { extraModules }: Pick<Check, "extraModules">): boolean {
  return extraModules.some((name) => path === name || path.startsWith(`${name}.`));
}

/** Where a dotted path stands in the allow-list. */
export type ModulePlace = "module" | "on-the-way" | "refused" | "content";

/** What a dotted path names: an allowed module, a package on the way to one, something refused, or what a module holds. */
export function placeOf(path: string): ModulePlace {
  const dot = path.indexOf(".");
  const module = allowedModules.get(dot === -1 ? path : path.slice(0, dot));
  if (module === undefined) return "refused";
  const below = dot === -1 ? "" : path.slice(dot + 1);
  if (below === "") return module.isPackageOnly === true ? "on-the-way" : "module";
  const { modules, onTheWay } = submodulesOf(module);
  if (modules.has(below)) return "module";
  if (onTheWay.has(below)) return "on-the-way";
  return mayBeNamed(module, below.split(".")) ? "content" : "refused";
}

interface Submodules {
  readonly modules: ReadonlySet<string>;
  /** Packages that hold some of them. */
  readonly onTheWay: ReadonlySet<string>;
}

const submodulesByModule = new Map<AllowedModule, Submodules>();

function submodulesOf(module: AllowedModule): Submodules {
  const known = submodulesByModule.get(module);
  if (known !== undefined) return known;
  const modules = module.submodules ?? [];
  const onTheWay = modules.flatMap((name) => {
    const parts = name.split(".");
    return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("."));
  });
  const found = { modules: new Set(modules), onTheWay: new Set(onTheWay) };
  submodulesByModule.set(module, found);
  return found;
}

/** True for what a module holds besides modules; of a chain that goes on the first name behind the module decides. */
function mayBeNamed(module: AllowedModule, rest: readonly string[]): boolean {
  const { refused = [], refusedBelow = {}, only, onlyBelow = {}, isPackageOnly } = module;
  const { modules, onTheWay } = submodulesOf(module);
  for (let length = rest.length - 1; length > 0; length--) {
    const inside = rest.slice(0, length).join(".");
    if (!modules.has(inside)) continue;
    const name = rest[length] ?? "";
    return (
      !systemModules.has(name) &&
      refusedBelow[inside]?.includes(name) !== true &&
      onlyBelow[inside]?.includes(name) !== false
    );
  }
  const [first = ""] = rest;
  const isPackage = isPackageOnly === true || onTheWay.has(first);
  return (
    !isPackage && !systemModules.has(first) && !refused.includes(first) && only?.includes(first) !== false
  );
}

/** True where a chain of attributes of the caller's own modules names a module of the system. */
export function leadsToSystem(path: string): boolean {
  return path
    .split(".")
    .slice(1)
    .some((name) => systemModules.has(name));
}

/** The attributes that follow a name: of `np.linalg.svd` the nodes of `linalg` and `svd`. */
export function attributesBehind(name: CodeNode): readonly CodeNode[] {
  const found: CodeNode[] = [];
  if (name.parent?.name === "Decorator") {
    for (
      let next = name.nextSibling;
      next !== null && (next.name === "." || next.name === "VariableName");
      next = next.nextSibling
    )
      if (next.name === "VariableName") found.push(next);
    return found;
  }
  let current: CodeNode | null = name;
  while (current?.parent?.name === "MemberExpression" || current?.parent?.name === "AttributePattern") {
    const property: CodeNode | null = current.nextSibling?.nextSibling ?? null;
    if (current.prevSibling !== null || property?.name !== "PropertyName") break;
    found.push(property);
    current = current.parent;
  }
  return found;
}
