import { type Argument, argumentsOf } from "./arguments.ts";
import { type Check, textOf } from "./check.ts";
import type { CodeNode } from "./code-tree.ts";
import { importedPaths } from "./member.ts";
import type { Scope } from "./scopes.ts";

/** A call of a method or a function, as rules see it. */
export interface MethodCall {
  readonly method: string;
  readonly property: CodeNode;
  /** What is called: a name, or a chain of attributes. */
  readonly callee: CodeNode;
  /** What stands before the dot; null for a function. */
  readonly owner: CodeNode | null;
  readonly given: readonly Argument[];
  readonly scope: Scope;
}

/** What a node calls by its name; null for a call of anything else. */
export function methodCallOf(node: CodeNode, scope: Scope, check: Check): MethodCall | null {
  const callee = withoutBrackets(node.firstChild);
  const property = callee?.name === "MemberExpression" ? callee.getChild("PropertyName") : callee;
  if (callee === null || property === null) return null;
  if (property.name !== "PropertyName" && property.name !== "VariableName") return null;
  const [path] = importedPaths({ node: callee, scope }, check);
  return {
    // By its own name where it was imported under another one.
    method: path?.slice(path.lastIndexOf(".") + 1) ?? textOf(property, check),
    property,
    callee,
    owner: callee.name === "MemberExpression" ? callee.firstChild : null,
    given: argumentsOf(node, check.source),
    scope,
  };
}

function withoutBrackets(node: CodeNode | null): CodeNode | null {
  let current = node;
  while (current?.name === "ParenthesizedExpression") current = current.firstChild?.nextSibling ?? null;
  return current;
}
