import { type CodeNode, type CodeTree, walk } from "./code-tree.ts";
import type { Facts } from "./facts.ts";
import { createScope, type Scope } from "./scopes.ts";
import { firstNamed, isAfter, type Surroundings } from "./targets.ts";
import { bindDefinition, visitName } from "./visit-name.ts";

/** Decorators among the builtins. */
export const plainDecorators: ReadonlySet<string> = new Set(["property", "staticmethod", "classmethod"]);

/** Where the walk is, and what it has found. */
export interface FactsWalk {
  readonly source: string;
  readonly facts: Facts;
  readonly around: Surroundings & {
    readonly generators: Set<number>;
    readonly openLoops: Set<number>;
    readonly lastAssignments: Map<number, number>;
  };
  scope: Scope;
  /** The innermost node around this one that changed the scope. */
  change: ScopeChange | null;
}

interface ScopeChange {
  readonly node: CodeNode;
  /** The scope before. */
  readonly scope: Scope;
  /** The change around this one. */
  readonly outer: ScopeChange | null;
}

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
    nodes: new Map(),
    comments,
    odd,
    maxDepth,
  };
  const place: FactsWalk = {
    source,
    facts,
    around: { generators: new Set(), openLoops: new Set(), lastAssignments: new Map() },
    scope: createScope("module", null, { from: 0 }),
    change: null,
  };
  walk(top, {
    enter: (node) => visitors.get(node.name)?.(node, place),
    leave(node) {
      const { change } = place;
      if (change?.node !== node) return;
      place.scope = change.scope;
      place.change = change.outer;
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

type Visit = (node: CodeNode, walk: FactsWalk) => void;

/** What is done at a node, by its name; most of a text is punctuation, of which nothing is noted. */
const visitors: ReadonlyMap<string, Visit> = new Map<string, Visit>([
  ["VariableName", visitName],
  ["PropertyName", visitProperty],
  ["AssignStatement", (node, { around }) => around.lastAssignments.set(node.from, lastAssignment(node))],
  ["for", ({ parent }, { around }) => around.openLoops.add(parent?.from ?? -1)],
  ["in", ({ parent }, { around }) => around.openLoops.delete(parent?.from ?? -1)],
  ["ArgList", visitArguments],
  ["ArrayComprehensionExpression", enterComprehension],
  ["SetComprehensionExpression", enterComprehension],
  ["DictionaryComprehensionExpression", enterComprehension],
  ["ComprehensionExpression", enterComprehension],
  ["LambdaExpression", (node, walk) => enterScope("function", node, walk)],
  ["FunctionDefinition", enterDefinition],
  ["ClassDefinition", enterDefinition],
  ["ParamList", visitParameters],
  ["TypeDef", visitAnnotation],
  ["ScopeStatement", visitScopeStatement],
  ["DeleteStatement", visitDelete],
  ["TryStatement", visitTry],
  ["ImportStatement", keep],
  ["CallExpression", keep],
  ["Decorator", keep],
  ["String", keep],
  ["FormatString", keep],
  ["ContinuedString", keep],
  ["KeywordPattern", keep],
  ["ClassPattern", keep],
]);

/** Rules look at the node once all names are known. */
function keep(node: CodeNode, { facts, scope }: FactsWalk): void {
  const known = facts.nodes.get(node.name);
  if (known === undefined) facts.nodes.set(node.name, [{ node, scope }]);
  else known.push({ node, scope });
}

/** Takes another scope until the node is left. */
function changeScope(to: Scope, node: CodeNode, walk: FactsWalk): void {
  walk.change = { node, scope: walk.scope, outer: walk.change };
  walk.scope = to;
}

function enterScope(
  kind: Scope["kind"],
  node: CodeNode,
  walk: FactsWalk,
  outside: Scope["outside"] = null,
): void {
  changeScope(createScope(kind, walk.scope, { from: node.from, outside }), node, walk);
}

function enterDefinition(node: CodeNode, walk: FactsWalk): void {
  bindDefinition(node, walk);
  enterScope(node.name === "ClassDefinition" ? "class" : "function", node, walk);
  keep(node, walk);
}

function enterComprehension(node: CodeNode, walk: FactsWalk): void {
  enterScope("comprehension", node, walk, firstIterable(node));
}

/** An argument list that is one generator has no other node for it. */
function visitArguments(node: CodeNode, walk: FactsWalk): void {
  if (firstNamed(node, "for") === null) return;
  walk.around.generators.add(node.from);
  enterComprehension(node, walk);
}

/** Defaults and annotations of a function are worked out where it is defined, and not where it runs. */
function enterOutside(node: CodeNode, walk: FactsWalk): void {
  changeScope(walk.scope.parent ?? walk.scope, node, walk);
}

function visitParameters(node: CodeNode, walk: FactsWalk): void {
  enterOutside(node, walk);
  keep(node, walk);
}

function visitAnnotation(node: CodeNode, walk: FactsWalk): void {
  if (node.parent?.name === "FunctionDefinition") enterOutside(node, walk);
}

function firstIterable(node: CodeNode): Scope["outside"] {
  const from = firstNamed(node, "in")?.to ?? null;
  if (from === null) return null;
  const ends = ["for", "if", "async"].flatMap((word) => node.getChildren(word)).map((child) => child.from);
  return { from, to: Math.min(node.to, ...ends.filter((end) => end > from).slice(0, 3)) };
}

function visitScopeStatement(node: CodeNode, walk: FactsWalk): void {
  const { scope, source } = walk;
  const names = node.getChild("global") === null ? scope.nonlocals : scope.globals;
  for (const { from, to } of node.getChildren("VariableName")) names.add(source.slice(from, to));
  keep(node, walk);
}

function visitDelete(node: CodeNode, { facts, source }: FactsWalk): void {
  for (const { from, to } of namesBelow(node)) facts.deleted.add(source.slice(from, to));
}

/** `except E as name` takes the name away at its end. */
function visitTry(node: CodeNode, { facts, source }: FactsWalk): void {
  for (const name of node.getChildren("VariableName"))
    if (isAfter(name, "as")) facts.deleted.add(source.slice(name.from, name.to));
}

function visitProperty(node: CodeNode, { facts, source, scope }: FactsWalk): void {
  const { from, to } = node;
  const name = source.slice(from, to);
  facts.attributes.push({ name, from, to, node, scope });
  if (isOwnAttribute(node, source)) facts.ownNames.add(name);
}

/** `self.name = ...`: an attribute that the code gives to its own objects. */
function isOwnAttribute({ parent: member }: CodeNode, source: string): boolean {
  const owner = member?.firstChild;
  const next = member?.nextSibling?.name;
  if (next !== "AssignOp" && next !== "TypeDef" && next !== ",") return false;
  return owner?.name === "VariableName" && source.slice(owner.from, owner.to) === "self";
}

function lastAssignment(statement: CodeNode): number {
  let last = -1;
  for (let child = statement.firstChild; child !== null; child = child.nextSibling)
    if (child.name === "AssignOp") last = child.from;
  return last;
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
