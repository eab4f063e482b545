import { type Check, importOrigins, nodesNamed, textOf } from "./check.ts";
import type { CodeNode } from "./code-tree.ts";
import { isForbiddenAttribute } from "./rules-attributes.ts";
import { resolveScope, type Scope } from "./scopes.ts";

/** R10: class patterns read attributes, by their names or by those in `__match_args__`. */
export function checkPatterns(check: Check): void {
  for (const { node } of nodesNamed("KeywordPattern", check))
    if (node.firstChild !== null) checkKeyword(node.firstChild, check);
  for (const { node, scope } of nodesNamed("ClassPattern", check)) checkPositional(node, scope, check);
}

function checkKeyword(node: CodeNode, check: Check): void {
  const name = textOf(node, check);
  if (name.startsWith("_") || isForbiddenAttribute(name))
    check.report("R10", node, `a pattern must not read "${name.slice(0, 60)}"; match public attributes`);
}

/** Of a class that was made at run time nobody can say which attributes its positions read. */
function checkPositional(node: CodeNode, scope: Scope, check: Check): void {
  const dotted = node.getChild("AttributePattern");
  const name = node.getChild("VariableName") ?? dotted?.getChild("VariableName") ?? null;
  const first = node.getChild("PatternArgList")?.firstChild?.nextSibling;
  if (name === null || first === null || first === undefined || /^(KeywordPattern|\))$/.test(first.name))
    return;
  const text = textOf(name, check);
  if (dotted !== null && importOrigins({ scope, name: text, at: name.from }, check).length === 0) {
    check.report(
      "R10",
      dotted,
      "positions of a class that is an attribute cannot be seen; match by keywords",
    );
    return;
  }
  const known = resolveScope({ scope, name: text, at: name.from })?.bindings.get(text);
  if (known !== undefined && known.others > 0)
    check.report(
      "R10",
      name,
      `"${text.slice(0, 60)}" is a variable here; match by keywords, or a class that the code defines`,
    );
}
