import type { SyntaxNode } from "@lezer/common";
import { type AllowedModule, allowedModules, systemModules } from "./data/modules.ts";
import type { Facts } from "./facts.ts";
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

/** True where the name means the builtin of that name. */
export function isBuiltin(place: Place, { facts }: Check): boolean {
  return !hidesBuiltin(place, facts.deleted);
}

/** What an imported name stands for, such as `numpy` or `numpy.linalg.svd`; empty for a name that is no import. */
export function importOrigins(place: Place): readonly string[] {
  return scopesOf(place).flatMap((scope) => [...(scope.bindings.get(place.name)?.origins ?? [])]);
}

/** True for a module of the caller's own list, and all below it. */
export function isExtra(path: string, { extraModules }: Pick<Check, "extraModules">): boolean {
  return extraModules.some((name) => path === name || path.startsWith(`${name}.`));
}

/** Where a dotted path stands in the allow-list. */
export type ModulePlace = "module" | "on-the-way" | "refused" | "content";

/** What a dotted path names: an allowed module, a package on the way to one, something refused, or what a module holds. */
export function placeOf(path: string): ModulePlace {
  const [top = "", ...rest] = path.split(".");
  const module = Object.hasOwn(allowedModules, top) ? allowedModules[top] : undefined;
  if (module === undefined) return "refused";
  const { submodules = [], isPackageOnly = false } = module;
  const below = rest.join(".");
  if (below === "") return isPackageOnly ? "on-the-way" : "module";
  if (submodules.includes(below)) return "module";
  if (submodules.some((name) => name.startsWith(`${below}.`))) return "on-the-way";
  return mayBeNamed(module, rest) ? "content" : "refused";
}

/** True for what a module holds besides modules; of a chain that goes on the first name behind the module decides. */
function mayBeNamed(module: AllowedModule, rest: readonly string[]): boolean {
  const { submodules = [], refused = [], refusedBelow = {}, only, onlyBelow = {}, isPackageOnly } = module;
  const below = rest.join(".");
  const [inside] = submodules
    .filter((name) => below.startsWith(`${name}.`))
    .sort((a, b) => b.length - a.length);
  if (inside !== undefined) {
    const [name = ""] = below.slice(inside.length + 1).split(".");
    const allowed = onlyBelow[inside];
    return (
      !systemModules.has(name) &&
      refusedBelow[inside]?.includes(name) !== true &&
      allowed?.includes(name) !== false
    );
  }
  const [first = ""] = rest;
  const isPackage = isPackageOnly === true || submodules.some((name) => name.startsWith(`${first}.`));
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
export function attributesBehind(name: SyntaxNode): readonly SyntaxNode[] {
  const found: SyntaxNode[] = [];
  if (name.parent?.name === "Decorator") {
    for (
      let next = name.nextSibling;
      next !== null && /^(\.|VariableName)$/.test(next.name);
      next = next.nextSibling
    )
      if (next.name === "VariableName") found.push(next);
    return found;
  }
  let current: SyntaxNode | null = name;
  while (current?.parent?.name === "MemberExpression" || current?.parent?.name === "AttributePattern") {
    const property: SyntaxNode | null = current.nextSibling?.nextSibling ?? null;
    if (current.prevSibling !== null || property?.name !== "PropertyName") break;
    found.push(property);
    current = current.parent;
  }
  return found;
}
