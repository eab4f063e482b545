import { type NodeType, type Tree, TreeBuffer } from "@lezer/common";

/** What is called on the way down and up. */
export interface TreeVisitor {
  readonly enter: (type: NodeType, from: number, to: number) => void;
  readonly leave: () => void;
}

/** Goes through Lezer's tree in the order of the text, past the nodes without a name, which only keep it balanced. */
export function visitTree(
  { type, children, positions, length }: Tree,
  from: number,
  visitor: TreeVisitor,
): void {
  if (!type.isAnonymous) visitor.enter(type, from, from + length);
  for (let index = 0; index < children.length; index++) {
    const child = children[index];
    const at = from + (positions[index] ?? 0);
    if (child instanceof TreeBuffer) visitBuffer(child, at, visitor);
    else if (child !== undefined) visitTree(child, at, visitor);
  }
  if (!type.isAnonymous) visitor.leave();
}

/** Four numbers each: the type, where it begins and ends in the text, and where in the buffer what is in it ends. */
const entrySize = 4;

/** Lezer keeps small nodes in a row, which is read here as it is: its cursors take several calls for each. */
function visitBuffer({ buffer, set }: TreeBuffer, base: number, { enter, leave }: TreeVisitor): void {
  const openEnds: number[] = [];
  let innermostEnd = buffer.length;
  for (let at = 0; at < buffer.length; at += entrySize) {
    const type = set.types[buffer[at] ?? 0];
    if (type === undefined) continue;
    while (innermostEnd <= at) {
      leave();
      innermostEnd = openEnds.pop() ?? buffer.length;
    }
    enter(type, base + (buffer[at + 1] ?? 0), base + (buffer[at + 2] ?? 0));
    openEnds.push(innermostEnd);
    innermostEnd = buffer[at + 3] ?? 0;
  }
  for (const _ of openEnds) leave();
}
