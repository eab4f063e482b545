import type { CodeNode } from "./code-tree.ts";
import type { Range } from "./scopes.ts";

/** Comprehensions, but for those that are the only argument of a call. */
export const comprehensions: ReadonlySet<string> = new Set(
  "ArrayComprehensionExpression SetComprehensionExpression DictionaryComprehensionExpression ComprehensionExpression".split(
    " ",
  ),
);

/** What may stand around the target of an assignment. */
export const brackets: ReadonlySet<string> = new Set([
  "TupleExpression",
  "ArrayExpression",
  "ParenthesizedExpression",
]);

/** True for a statement of the module itself, which nothing can leave out. */
export function isInModule({ parent }: CodeNode): boolean {
  // Statements with semicolons between them are a group.
  return (parent?.name === "StatementGroup" ? parent.parent : parent)?.name === "Script";
}

/** What is being walked through; asked of every name, so that nothing here may look further than a step. */
export interface Surroundings {
  /** Argument lists that are one generator, by where they begin: such a one has no node of its own. */
  readonly generators: ReadonlySet<number>;
  /** Loops and comprehensions between their `for` and their `in`, by where they begin. */
  readonly openLoops: ReadonlySet<number>;
  /** By statement: where its last `=` stands. */
  readonly lastAssignments: ReadonlyMap<number, number>;
}

/** True where the node has loop variables of its own. */
export function isComprehension(
  node: { readonly name: string; readonly from: number } | null,
  { generators }: Pick<Surroundings, "generators">,
): boolean {
  if (node === null) return false;
  return comprehensions.has(node.name) || (node.name === "ArgList" && generators.has(node.from));
}

/** The first child of a name; unlike `getChild` it stops there. */
export function firstNamed(node: CodeNode, name: string): CodeNode | null {
  let child = node.firstChild;
  while (child !== null && child.name !== name) child = child.nextSibling;
  return child;
}

/** `=`, and not `:=`, which the parser calls the same. */
export function isKeywordSign(node: CodeNode | null): boolean {
  return node?.name === "AssignOp" && node.to - node.from === 1;
}

/** A keyword of a call or a class: `f(name=value)`. */
export function isKeyword(node: CodeNode): boolean {
  const { parent, nextSibling } = node;
  if (parent?.name === "KeywordPattern") return parent.firstChild?.from === node.from;
  return parent?.name === "ArgList" && isKeywordSign(nextSibling) && !isAfter(node, "AssignOp");
}

/** True for a name that gets a value here. */
export function isTarget(node: CodeNode, around: Surroundings): boolean {
  const current = outOfBrackets(node);
  const { parent } = current;
  switch (parent?.name) {
    case "AssignStatement":
      // In brackets a name that is only annotated stays what it is elsewhere.
      if (current.nextSibling?.name === "TypeDef")
        return current === node || firstNamed(parent, "AssignOp") !== null;
      return current.from < (around.lastAssignments.get(parent.from) ?? -1) && !isInTypeDef(current);
    case "NamedExpression":
      return current.nextSibling?.name === "AssignOp";
    case "WithStatement":
    case "TryStatement":
      // Of `as name[0]` the parser takes the name alone, and marks what follows.
      return isAfter(current, "as") && current.nextSibling?.isError !== true;
    case "AsPattern":
      return isAfter(current, "as");
    case "CapturePattern":
      return true;
    default:
      return parent !== null && around.openLoops.has(parent.from);
  }
}

/** Between `for` and `in` of a comprehension. */
export function isLoopTarget(node: CodeNode, around: Surroundings): boolean {
  const { parent } = outOfBrackets(node);
  return parent !== null && around.openLoops.has(parent.from) && isComprehension(parent, around);
}

/** (a, [b, *c]) = ... and for a, (b, c) in ... */
function outOfBrackets(node: CodeNode): CodeNode {
  let current: CodeNode = node;
  while (current.parent !== null && brackets.has(current.parent.name)) current = current.parent;
  return current;
}

function isInTypeDef(node: CodeNode): boolean {
  return node.prevSibling?.name === ":" || node.name === "TypeDef";
}

/** Where a name that gets its value here certainly has it; null where that depends on the way that the code takes. */
export function certainRange(node: CodeNode): Range | null {
  const statement = outOfBrackets(node).parent;
  switch (statement?.name) {
    case "AssignStatement": {
      const isCertain = isInModule(statement) && firstNamed(statement, "AssignOp") !== null;
      return isCertain ? { from: statement.to, to: Number.MAX_SAFE_INTEGER } : null;
    }
    // The body of a loop is not entered before its names have values.
    case "ForStatement":
    case "WithStatement": {
      const body = statement.lastChild;
      return body?.name === "Body" ? { from: body.from, to: body.to } : null;
    }
    default:
      return null;
  }
}

/** True where the token before is of this name. */
export function isAfter(node: CodeNode, name: string): boolean {
  return node.prevSibling?.name === name;
}
