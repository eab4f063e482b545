import type { SyntaxNodeRef, Tree } from "@lezer/common";

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

  constructor(
    { name, from, to, type }: Pick<SyntaxNodeRef, "name" | "from" | "to" | "type">,
    parent: CodeNode | null,
  ) {
    this.name = name;
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

  function cover(ref: SyntaxNodeRef): void {
    if (covered < ref.from) noteGap(covered, ref.from, source, odd);
    if (isOdd(ref, open, source)) odd.push({ from: ref.from, to: ref.to });
    covered = Math.max(covered, ref.to);
  }

  tree.iterate({
    enter(ref) {
      isLeaf = true;
      if (ref.name === "Comment") {
        comments.push({ from: ref.from, to: ref.to });
        return;
      }
      if (++depth > maxDepth) maxDepth = depth;
      const node = new CodeNode(ref, open);
      if (open === null) top = node;
      else append(node, open);
      open = node;
      // What is in a text is no code, whatever the parser sees in it.
      if (ref.name === "String") cover(ref);
    },
    leave(ref) {
      if (isLeaf) cover(ref);
      isLeaf = false;
      if (ref.name === "Comment") return;
      depth--;
      open = open?.parent ?? null;
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
function isOdd(ref: SyntaxNodeRef, node: CodeNode | null, source: string): boolean {
  // One without anything in it may still hold code: of `rf"\\{x}"` the parser sees the braces as text.
  if (ref.name === "FormatString") return true;
  if (ref.name === "Escape")
    return source.startsWith("\\{", ref.from) && node?.parent?.name === "FormatString";
  return ref.type.isError && ref.to > ref.from;
}

/**
 * Between the leaves there is room for blanks, line ends that are escaped, and the literal parts of f-strings. A line that begins with an
 * escaped line end is indented as the backslash is for Python, and as what follows for the parser.
 */
function noteGap(from: number, to: number, source: string, odd: Extent[]): void {
  const gap = source.slice(from, to);
  const isPlain = /^(?:\s|\\\r?\n)*$/.test(gap) && !/\n[ \t]*\\/.test(from === 0 ? `\n${gap}` : gap);
  if (!isPlain) odd.push({ from, to });
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
