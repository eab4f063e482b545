import { type CodeNode, type CodeTree, walk } from "./code-tree.ts";
import type { Facts } from "./facts.ts";
import { importedName, longestImport } from "./import-names.ts";
import { bind, createScope, type Scope, targetScope } from "./scopes.ts";
import {
  certainRange,
  firstNamed,
  isAfter,
  isComprehension,
  isInModule,
  isKeyword,
  isLoopTarget,
  isTarget,
  type Surroundings,
} from "./targets.ts";

/** Nodes that rules look at once all names are known. */
const kept: ReadonlySet<string> = new Set(
  "ImportStatement CallExpression Decorator ClassDefinition FunctionDefinition String FormatString KeywordPattern ClassPattern ContinuedString ScopeStatement TypeDef ParamList".split(
    " ",
  ),
);

/** Decorators among the builtins. */
export const plainDecorators: ReadonlySet<string> = new Set(["property", "staticmethod", "classmethod"]);

/** Walks over the tree once. */
export function collectFacts({ top, comments, odd, maxDepth }: CodeTree, source: string): Facts {
  const facts: Facts = {
    names: [],
    bound: [],
    attributes: [],
    imported: new Set(),
    deleted: new Set(),
    decorated: [],
    ownFunctions: new Set(),
    ownNames: new Set(),
    nodes: [],
    comments,
    odd,
    maxDepth,
  };
  let scope = createScope("module", null, { from: 0 });
  const suspended: Scope[] = [];
  const around = {
    generators: new Set<number>(),
    openLoops: new Set<number>(),
    lastAssignments: new Map<number, number>(),
  };
  const text = (node: { readonly from: number; readonly to: number }): string =>
    source.slice(node.from, node.to);
  walk(top, {
    enter(node) {
      noteSurroundings(node, around);
      const kind = scopeKindOf(node, around);
      if (node.name === "FunctionDefinition" || node.name === "ClassDefinition")
        bindDefinition(node, scope, text, facts);
      if (kind !== null)
        scope = createScope(kind, scope, { from: node.from, outside: firstIterable(node, around) });
      if (isWorkedOutOutside(node)) {
        suspended.push(scope);
        scope = scope.parent ?? scope;
      }
      if (kept.has(node.name)) facts.nodes.push({ node, scope });
      visit(node, { scope, owner: suspended.at(-1) ?? scope, source, text, facts, around });
    },
    leave(node) {
      if (isWorkedOutOutside(node)) scope = suspended.pop() ?? scope;
      if (scopeKindOf(node, around) !== null && scope.parent !== null) scope = scope.parent;
    },
  });
  // What a decorator of the code's own returns need not be a function or a class.
  for (const { bound, decorators } of facts.decorated)
    if (!decorators.every((name) => plainDecorators.has(name) || isOnlyImported(name, facts))) bound.others++;
  return facts;
}

function isOnlyImported(name: string, { imported, bound }: Facts): boolean {
  if (!imported.has(name)) return false;
  const isGivenElsewhere = bound.some(
    (other) => other.name === name && other.node.parent?.name !== "ImportStatement",
  );
  return !isGivenElsewhere;
}

/** Where the walk is, for the questions of {@link isTarget} and its like. */
function noteSurroundings(
  ref: CodeNode,
  around: {
    readonly generators: Set<number>;
    readonly openLoops: Set<number>;
    readonly lastAssignments: Map<number, number>;
  },
): void {
  switch (ref.name) {
    case "AssignStatement":
      around.lastAssignments.set(ref.from, lastAssignment(ref));
      break;
    case "ArgList":
      if (firstNamed(ref, "for") !== null) around.generators.add(ref.from);
      break;
    case "for":
      around.openLoops.add(ref.parent?.from ?? -1);
      break;
    case "in":
      around.openLoops.delete(ref.parent?.from ?? -1);
      break;
    default:
  }
}

function scopeKindOf({ name, from }: CodeNode, around: Surroundings): Scope["kind"] | null {
  if (name === "FunctionDefinition" || name === "LambdaExpression") return "function";
  if (name === "ClassDefinition") return "class";
  return isComprehension({ name, from }, around) ? "comprehension" : null;
}

/** Defaults and annotations of a function are worked out where it is defined, and not where it runs. */
function isWorkedOutOutside(ref: CodeNode): boolean {
  return ref.name === "ParamList" || (ref.name === "TypeDef" && ref.parent?.name === "FunctionDefinition");
}

function firstIterable(node: CodeNode, around: Surroundings): Scope["outside"] {
  if (!isComprehension(node, around)) return null;
  const from = firstNamed(node, "in")?.to ?? null;
  if (from === null) return null;
  const ends = ["for", "if", "async"].flatMap((word) => node.getChildren(word)).map((child) => child.from);
  return { from, to: Math.min(node.to, ...ends.filter((end) => end > from).slice(0, 3)) };
}

interface Visit {
  readonly source: string;
  readonly scope: Scope;
  /** The function whose parameters these are, in a list of parameters. */
  readonly owner: Scope;
  readonly around: Surroundings;
  readonly facts: Facts;
  text(node: { readonly from: number; readonly to: number }): string;
}

function visit(ref: CodeNode, place: Visit): void {
  const { scope, facts, text } = place;
  switch (ref.name) {
    case "VariableName":
      visitName(ref, place);
      break;
    case "PropertyName":
      facts.attributes.push({ name: text(ref), from: ref.from, to: ref.to, node: ref, scope });
      if (isOwnAttribute(ref, text)) facts.ownNames.add(text(ref));
      break;
    case "ScopeStatement":
      for (const name of childrenOf(ref, "VariableName"))
        (ref.getChild("global") === null ? scope.nonlocals : scope.globals).add(text(name));
      break;
    case "DeleteStatement":
      for (const name of namesBelow(ref)) facts.deleted.add(text(name));
      break;
    case "TryStatement":
      // `except E as name` takes the name away at its end.
      for (const name of childrenOf(ref, "VariableName"))
        if (isAfter(name, "as")) facts.deleted.add(text(name));
      break;
    default:
  }
}

/** `self.name = ...`: an attribute that the code gives to its own objects. */
function isOwnAttribute(property: CodeNode, text: Visit["text"]): boolean {
  const member = property.parent;
  const owner = member?.firstChild;
  const next = member?.nextSibling?.name ?? "";
  return owner?.name === "VariableName" && text(owner) === "self" && /^(AssignOp|TypeDef|,)$/.test(next);
}

function lastAssignment(statement: CodeNode): number {
  let last = -1;
  for (let child = statement.firstChild; child !== null; child = child.nextSibling)
    if (child.name === "AssignOp") last = child.from;
  return last;
}

function visitName(node: CodeNode, visit: Visit): void {
  const { scope, owner, facts, text, around } = visit;
  const name = text(node);
  const { parent } = node;
  if (parent?.name === "ScopeStatement") return;
  if (parent?.name === "ImportStatement") {
    visitImportedName(node, visit);
    return;
  }
  if (parent?.name === "FunctionDefinition" || parent?.name === "ClassDefinition") {
    if (node.prevSibling?.name === "def" || node.prevSibling?.name === "class") return;
  }
  if (parent?.name === "ParamList" && !isAfter(node, "AssignOp")) {
    facts.bound.push({ name, node, scope });
    if (node.prevSibling?.name === "(") owner.firstParameter ??= name;
    bind(owner, name);
    return;
  }
  if (isKeyword(node)) return;
  if (parent?.name === "Decorator" && isAfter(node, ".")) {
    facts.attributes.push({ name, from: node.from, to: node.to, node, scope });
    return;
  }
  if (isTarget(node, around)) {
    facts.bound.push({ name, node, scope });
    if (scope.kind === "class") facts.ownNames.add(name);
    bind(isLoopTarget(node, around) ? scope : targetScope(scope), name, { certain: certainRange(node) });
    return;
  }
  facts.names.push({ name, node, scope });
}

function visitImportedName(node: CodeNode, { scope, facts, source }: Visit): void {
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

function bindDefinition(node: CodeNode, scope: Scope, text: Visit["text"], facts: Facts): void {
  const name = node.getChild("VariableName");
  if (name === null) return;
  if (node.name === "FunctionDefinition") facts.ownFunctions.add(text(name));
  if (scope.kind === "class") facts.ownNames.add(text(name));
  facts.bound.push({ name: text(name), node: name, scope });
  const certain = isInModule(node) ? { from: node.to, to: Number.MAX_SAFE_INTEGER } : null;
  const bound = bind(scope, text(name), { certain, isDefinition: true });
  const decorators =
    node.parent?.name === "DecoratedStatement"
      ? node.parent.getChildren("Decorator").map((decorator) => {
          const first = decorator.getChild("VariableName");
          return first === null ? "" : text(first);
        })
      : [];
  if (decorators.length > 0) facts.decorated.push({ bound, decorators });
}

function childrenOf(node: CodeNode, name: string): readonly CodeNode[] {
  return node.getChildren(name);
}

function namesBelow(node: CodeNode): readonly CodeNode[] {
  const found: CodeNode[] = [];
  const waiting: CodeNode[] = [node];
  for (let current = waiting.pop(); current !== undefined; current = waiting.pop()) {
    if (current.name === "VariableName") found.push(current);
    if (current.name === "MemberExpression") continue;
    for (let child = current.firstChild; child !== null; child = child.nextSibling) waiting.push(child);
  }
  return found;
}
