import { type Check, textOf } from "./check.ts";
import type { CodeNode } from "./code-tree.ts";
import { importedPaths, rootOf } from "./member.ts";
import { type Scope, scopesOf } from "./scopes.ts";

/** True for `io.StringIO(...)`, and for a variable that is nothing else: what is read from it or written to it is no file. */
export function isTextBuffer(
  { node, scope }: { readonly node: CodeNode; readonly scope: Scope },
  check: Check,
): boolean {
  if (node.name === "CallExpression") return makesBuffer(node, scope, check);
  if (node.name !== "VariableName") return false;
  const name = textOf(node, check);
  const [owner, ...others] = scopesOf({ scope, name, at: node.from });
  if (owner === undefined || others.length > 0 || check.facts.deleted.has(name)) return false;
  const known = owner.bindings.get(name);
  const given = check.facts.bound.filter((use) => use.name === name && use.scope === owner);
  return (
    known !== undefined &&
    known.origins.size === 0 &&
    known.others === given.length &&
    given.every((use) => {
      const value = assignedTo(use.node);
      return value !== null && makesBuffer(value, use.scope, check);
    })
  );
}

function makesBuffer(call: CodeNode, scope: Scope, check: Check): boolean {
  const root = rootOf(call.firstChild);
  if (call.name !== "CallExpression" || root === null) return false;
  const isBoundOtherwise = scopesOf({ scope, name: textOf(root, check), at: root.from }).some(
    ({ bindings }) => (bindings.get(textOf(root, check))?.others ?? 0) > 0,
  );
  const paths = importedPaths({ node: call.firstChild, scope }, check);
  return (
    !isBoundOtherwise &&
    paths.length > 0 &&
    paths.every((path) => path === "io.StringIO" || path === "io.BytesIO")
  );
}

/** The value of `name = value`; null for any other way to bind a name. */
function assignedTo(node: CodeNode): CodeNode | null {
  const { parent: statement } = node;
  if (statement?.name !== "AssignStatement" || statement.firstChild !== node) return null;
  const [sign, value] = [node.nextSibling, statement.lastChild];
  return sign?.name === "AssignOp" && sign.nextSibling === value ? value : null;
}
