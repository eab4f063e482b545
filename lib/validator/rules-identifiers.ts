import type { SyntaxNode, Tree } from "@lezer/common";
import type { Check } from "./check.ts";

/** Any run of letters that is not plain ASCII. */
const oddWord = /[\w\u0080-\u{10ffff}]*[\u0080-\u{10ffff}][\w\u0080-\u{10ffff}]*/gu;

/** R11: Python takes look-alikes of letters for the letters themselves (NFKC), so that `𝓸𝓼` is `os`; wherever a name may stand. */
export function checkIdentifiers(check: Check, tree: Tree): void {
  if (!/[\u0080-\uffff]/.test(check.source)) return;
  for (const match of check.source.matchAll(oddWord)) {
    const [text] = match;
    const place = { from: match.index, to: match.index + text.length };
    const plain = text.normalize("NFKC");
    if (plain === text || isText(tree.resolveInner(place.from, 1))) continue;
    check.report("R11", place, `Python reads "${text.slice(0, 40)}" as "${plain.slice(0, 40)}"; write it so`);
  }
}

/** True for what is no code: comments, and texts but for what stands in braces. */
function isText({ name }: SyntaxNode): boolean {
  return /^(String|FormatString|FormatSpec|Comment|Escape|ContinuedString)$/.test(name);
}
