import type { CodeNode } from "./code-tree.ts";
import { isKeywordSign } from "./targets.ts";

/** One argument of a call. */
export interface Argument {
  readonly keyword: string | null;
  /** `*` or `**` before it. */
  readonly star: string | null;
  /** Null where the parser found none. */
  readonly node: CodeNode | null;
}

const signs: ReadonlySet<string> = new Set(["(", ")", ",", "AssignOp"]);

/** The arguments of a call or of a class, in order. */
export function argumentsOf(call: CodeNode, source: string): readonly Argument[] {
  const list = call.getChild("ArgList");
  const found: Argument[] = [];
  let [keyword, star]: [string | null, string | null] = [null, null];
  for (let child = list?.firstChild ?? null; child !== null; child = child.nextSibling) {
    if (child.name === "*" || child.name === "**") star = child.name;
    else if (child.name === "VariableName" && isKeywordSign(child.nextSibling))
      keyword = source.slice(child.from, child.to);
    else if (!signs.has(child.name)) {
      found.push({ keyword, star, node: child });
      [keyword, star] = [null, null];
    }
  }
  return found;
}
