import { type Check, importOrigins, textOf } from "./check.ts";
import type { CodeNode } from "./code-tree.ts";
import type { AttributeUse } from "./facts.ts";
import type { Scope } from "./scopes.ts";

/** What stands before the dot of an attribute; null where there is none. */
export function ownerNode({ node }: Pick<AttributeUse, "node">): CodeNode | null {
  const owner = node.parent?.firstChild ?? null;
  return owner === null || owner.to > node.from ? null : owner;
}

/** The text before the dot, where it is a name or `super()`. */
export function ownerOf(use: AttributeUse, { source }: Check): string | null {
  const owner = ownerNode(use);
  if (owner?.name === "VariableName") return source.slice(owner.from, owner.to);
  const isSuper =
    owner?.name === "CallExpression" &&
    /^super\(\s*(?:\w+\s*,\s*(?:self|cls)\s*)?\)$/.test(source.slice(owner.from, owner.to));
  return isSuper ? "super()" : null;
}

/** The name at the beginning of a chain of attributes: of `np.linalg.svd` the node of `np`. */
export function rootOf(node: CodeNode | null): CodeNode | null {
  let current = node;
  while (current?.name === "MemberExpression" || current?.name === "ParenthesizedExpression")
    current =
      current.name === "MemberExpression" ? current.firstChild : (current.firstChild?.nextSibling ?? null);
  return current?.name === "VariableName" ? current : null;
}

/** What a name or a chain of attributes was imported as, such as `functools.wraps`; empty for what is no import. */
export function importedPaths(
  { node, scope }: { readonly node: CodeNode | null; readonly scope: Scope },
  check: Check,
): readonly string[] {
  const root = rootOf(node);
  if (node === null || root === null) return [];
  const origins = importOrigins({ scope, name: textOf(root, check), at: root.from }, check);
  if (origins.length === 0) return origins;
  const behind = check.source.slice(root.to, node.to).replace(/\s|\\/g, "");
  return origins.map((origin) => origin + behind);
}

/** True for an attribute that is called where it is named: `df.agg(...)`. */
export function isCalled({ node }: Pick<AttributeUse, "node">): boolean {
  const member = node.parent;
  return member?.parent?.name === "CallExpression" && member.parent.firstChild?.from === member.from;
}

/** True for `self` or `cls` where it is the first parameter of a method, or of a function within one. */
export function isOwnInstance(name: string, scope: Scope): boolean {
  if (name !== "self" && name !== "cls") return false;
  for (let current: Scope | null = scope; current !== null; current = current.parent) {
    if (current.kind === "function" && current.firstParameter === name)
      return current.parent?.kind === "class";
    if (current.kind === "function" && current.bindings.has(name)) return false;
  }
  return false;
}
