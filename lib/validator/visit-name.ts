import type { CodeNode } from "./code-tree.ts";
import type { FactsWalk } from "./collect-facts.ts";
import { importedName, longestImport } from "./import-names.ts";
import { bind, targetScope } from "./scopes.ts";
import { certainRange, isAfter, isInModule, isKeyword, isLoopTarget, isTarget } from "./targets.ts";

/** Notes what a name is where it stands: read, bound, imported, an attribute of a decorator, or none of it. */
export function visitName(node: CodeNode, walk: FactsWalk): void {
  const { scope, facts, source, around } = walk;
  const { parent, prevSibling } = node;
  const name = source.slice(node.from, node.to);
  switch (parent?.name) {
    case "ScopeStatement":
      return;
    case "ImportStatement":
      visitImportedName(node, walk);
      return;
    case "FunctionDefinition":
    case "ClassDefinition":
      if (prevSibling?.name === "def" || prevSibling?.name === "class") return;
      break;
    case "ParamList":
      if (isAfter(node, "AssignOp")) break;
      visitParameter(node, name, walk);
      return;
    case "Decorator":
      if (!isAfter(node, ".")) break;
      facts.attributes.push({ name, from: node.from, to: node.to, node, scope });
      return;
    default:
  }
  if (isKeyword(node)) return;
  if (isTarget(node, around)) {
    facts.bound.push({ name, node, scope });
    if (scope.kind === "class") facts.ownNames.add(name);
    bind(isLoopTarget(node, around) ? scope : targetScope(scope), name, { certain: certainRange(node) });
    return;
  }
  facts.names.push({ name, node, scope });
}

/** Parameters belong to the function, in the list of which the walk looks at the scope outside. */
function visitParameter(node: CodeNode, name: string, { facts, scope, change }: FactsWalk): void {
  const owner = change?.scope ?? scope;
  facts.bound.push({ name, node, scope });
  if (isAfter(node, "(")) owner.firstParameter ??= name;
  bind(owner, name);
}

function visitImportedName(node: CodeNode, { scope, facts, source }: FactsWalk): void {
  const statement = node.parent;
  if (statement === null || statement.to - statement.from > longestImport) return;
  const imported = importedName(node, source);
  if (imported === null) return;
  facts.bound.push({ name: imported.name, node, scope });
  facts.imported.add(imported.name);
  const isCertain = scope.kind === "module" && isInModule(statement);
  const certain = isCertain ? { from: statement.to, to: Number.MAX_SAFE_INTEGER } : null;
  bind(scope, imported.name, { certain, origin: imported.origin });
}

/** Notes the name of a function or a class, in the scope where that is defined. */
export function bindDefinition(node: CodeNode, { scope, facts, source }: FactsWalk): void {
  const named = node.getChild("VariableName");
  if (named === null) return;
  const name = source.slice(named.from, named.to);
  if (node.name === "FunctionDefinition") facts.ownFunctions.add(name);
  if (scope.kind === "class") facts.ownNames.add(name);
  facts.bound.push({ name, node: named, scope });
  const certain = isInModule(node) ? { from: node.to, to: Number.MAX_SAFE_INTEGER } : null;
  const bound = bind(scope, name, { certain, isDefinition: true });
  if (node.parent?.name !== "DecoratedStatement") return;
  const decorators = node.parent.getChildren("Decorator").map((decorator) => {
    const first = decorator.getChild("VariableName");
    return first === null ? "" : source.slice(first.from, first.to);
  });
  if (decorators.length > 0) facts.decorated.push({ bound, decorators });
}
