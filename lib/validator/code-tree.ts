import type { NodeType, Tree } from "@lezer/common";
import { visitTree } from "./visit-tree.ts";

/**
 * A node of the code as rules look at it. Comments are left out, so that what stands beside a node is what Python sees beside it; and the
 * neighbours are fields, which Lezer's own nodes search for anew at each question.
 */
export class CodeNode {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** True where the parser could not place what it found. */
  readonly isError: boolean;
  readonly parent: CodeNode | null;
  firstChild: CodeNode | null = null;
  lastChild: CodeNode | null = null;
  nextSibling: CodeNode | null = null;
  prevSibling: CodeNode | null = null;

  constructor(type: NodeType, from: number, to: number, parent: CodeNode | null) {
    this.name = type.name;
    this.from = from;
    this.to = to;
    this.isError = type.isError;
    this.parent = parent;
  }

  /** The first child of a name. */
  getChild(name: string): CodeNode | null {
    let child = this.firstChild;
    while (child !== null && child.name !== name) child = child.nextSibling;
    return child;
  }

  /** All children of a name. */
  getChildren(name: string): readonly CodeNode[] {
    const found: CodeNode[] = [];
    for (let child = this.firstChild; child !== null; child = child.nextSibling)
      if (child.name === name) found.push(child);
    return found;
  }
}

/** A piece of the text. */
export interface Extent {
  readonly from: number;
  readonly to: number;
}

/** A text of code as a tree. */
export interface CodeTree {
  readonly top: CodeNode;
  readonly comments: readonly Extent[];
  /** Text that stands in no node, or in one that the parser could not place. */
  readonly odd: readonly Extent[];
  readonly maxDepth: number;
}

/** The tree as linked nodes, and what in the text it does not account for. */
export function buildCodeTree(tree: Tree, source: string): CodeTree {
  const comments: Extent[] = [];
  const odd: Extent[] = [];
  let top: CodeNode | null = null;
  let open: CodeNode | null = null;
  let [depth, maxDepth, covered] = [0, 0, 0];
  // A node is a leaf where it is left right after it was entered.
  let isLeaf = false;

  function cover(node: CodeNode): void {
    if (covered < node.from) noteGap(covered, node.from, source, odd);
    if (isOdd(node, source)) odd.push(node);
    covered = Math.max(covered, node.to);
  }

  visitTree(tree, 0, {
    enter(type, from, to) {
      isLeaf = true;
      const node: CodeNode = new CodeNode(type, from, to, open);
      if (node.name === "Comment") comments.push(node);
      else {
        if (++depth > maxDepth) maxDepth = depth;
        if (open === null) top = node;
        else append(node, open);
        // What is in a text is no code, whatever the parser sees in it.
        if (node.name === "String") cover(node);
      }
      open = node;
    },
    leave() {
      if (open === null) return;
      if (isLeaf) cover(open);
      isLeaf = false;
      if (open.name !== "Comment") depth--;
      open = open.parent;
    },
  });
  if (covered < source.length) noteGap(covered, source.length, source, odd);
  if (top === null) throw new Error("a tree has a top");
  return { top, comments, odd, maxDepth };
}

function append(node: CodeNode, parent: CodeNode): void {
  const before = parent.lastChild;
  if (before === null) parent.firstChild = node;
  else {
    before.nextSibling = node;
    node.prevSibling = before;
  }
  parent.lastChild = node;
}

/** `\\{` in an f-string is a backslash and the beginning of code, which the parser takes for an escape. */
function isOdd({ name, from, to, isError, parent }: CodeNode, source: string): boolean {
  // One without anything in it may still hold code: of `rf"\\{x}"` the parser sees the braces as text.
  if (name === "FormatString") return true;
  if (name === "Escape") return source.startsWith("\\{", from) && parent?.name === "FormatString";
  return isError && to > from;
}

/**
 * Between the leaves there is room for blanks, line ends that are escaped, and the literal parts of f-strings. A line that begins with an
 * escaped line end is indented as the backslash is for Python, and as what follows for the parser.
 */
function noteGap(from: number, to: number, source: string, odd: Extent[]): void {
  if (isBlank(from, to, source)) return;
  const gap = source.slice(from, to);
  const isPlain = /^(?:\s|\\\r?\n)*$/.test(gap) && !/\n[ \t]*\\/.test(from === 0 ? `\n${gap}` : gap);
  if (!isPlain) odd.push({ from, to });
}

/** Spaces and line feeds alone, as between nearly all leaves. */
function isBlank(from: number, to: number, source: string): boolean {
  for (let at = from; at < to; at++) {
    const letter = source[at];
    if (letter !== " " && letter !== "\n") return false;
  }
  return true;
}

/** Goes through the tree in the order of the text, down and up. */
export function walk(
  top: CodeNode,
  { enter, leave }: { readonly enter: (node: CodeNode) => void; readonly leave: (node: CodeNode) => void },
): void {
  let node = top;
  for (;;) {
    enter(node);
    if (node.firstChild !== null) {
      node = node.firstChild;
      continue;
    }
    leave(node);
    while (node.nextSibling === null) {
      if (node.parent === null || node === top) return;
      node = node.parent;
      leave(node);
    }
    node = node.nextSibling;
  }
}
