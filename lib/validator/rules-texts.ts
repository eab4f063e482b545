import { type Check, nodesNamed, textOf } from "./check.ts";
import type { CodeNode, Extent } from "./code-tree.ts";
import { fileMethods, interpreterAttributes, pandasReaders, textMethods } from "./data/names.ts";
import { endsWhereItSeems, literalOf } from "./literals.ts";

/** R7 and R13 in literal texts, and R0 where the parser and Python may not agree on what is text and what is code. */
export function checkTexts(check: Check): void {
  for (const { node } of nodesNamed("String", check)) checkString(node, check);
  for (const { node } of nodesNamed("FormatString", check)) checkFormatString(node, check);
  for (const { node } of nodesNamed("ContinuedString", check)) checkLiteral(node, check);
  for (const comment of check.facts.comments)
    if (/[\r\n]/.test(textOf(comment, check))) notUnderstood(comment, check);
  const formats = outermost(nodesNamed("FormatString", check).map(({ node }) => node));
  for (const place of check.facts.odd) checkOdd(place, check, formats);
}

/** Of nodes in the order of the text those that are in no other of them. */
function outermost(nodes: readonly CodeNode[]): readonly CodeNode[] {
  const found: CodeNode[] = [];
  for (const node of nodes) if (node.from >= (found.at(-1)?.to ?? 0)) found.push(node);
  return found;
}

function checkString(node: CodeNode, check: Check): void {
  if (!endsWhereItSeems(textOf(node, check)) || isTemplateString(node, check)) notUnderstood(node, check);
  if (node.parent?.name !== "ContinuedString") checkLiteral(node, check);
}

/** `{0.gi_frame}`: a template that reads what no code may read. */
function readsInterpreter(text: string): boolean {
  return [...text.matchAll(/\{[^{}:!]*\.\s*(\w+)/g)].some(([, name = ""]) => interpreterAttributes.has(name));
}

function checkLiteral(node: CodeNode, check: Check): void {
  const text = literalOf(node, check.source);
  if (text === null) return;
  // A text that is a statement of its own is a comment.
  if (node.parent?.name === "ExpressionStatement") return;
  if (text.includes("{") && (/\{[^{}]*[.[]\s*_/.test(text) || readsInterpreter(text)))
    check.report(
      "R7",
      node,
      "a template must not read private attributes; write an f-string with what you need",
    );
  if (text.includes("__") && /^(?:__\w*|\w+__)$/.test(text) && !harmlessTexts.has(text))
    check.report(
      "R13",
      node,
      `the text "${text.slice(0, 40)}" names something of the interpreter's; take another word`,
    );
  if (text.startsWith("dateutil/") && /^dateutil\/(?:\/|.*\.\.)/.test(text))
    check.report("R5", node, "a time zone must be named, and not be given as a path");
  if (fileMethods.has(text) || textMethods.has(text) || pandasReaders.has(text))
    check.report(
      "R13",
      node,
      `the text "${text.slice(0, 40)}" names a method that reads or writes files; take another word`,
    );
}

/** Dunder names that are compared with, or name nothing that leads anywhere. */
const harmlessTexts: ReadonlySet<string> = new Set(["__main__", "__name__", "__all__", "__", "__version__"]);

/** `t"{x}"`, which later Pythons know: the parser takes the letter for a name and the rest for a text. */
function isTemplateString({ from }: CodeNode, { source }: Check): boolean {
  const last = source[from - 1];
  if (last !== "t" && last !== "T" && last !== "r" && last !== "R") return false;
  return /(?:^|[^\p{L}\p{N}_])(?:t|rt|tr)$/iu.test(source.slice(Math.max(0, from - 3), from));
}

/** Its first and last quotes are its own; between them only code in braces may hold the same ones. */
function checkFormatString(node: CodeNode, check: Check): void {
  const text = textOf(node, check);
  const match = /^[A-Za-z]{1,2}("""|'''|"|')/.exec(text);
  const quote = match?.[1] ?? "";
  if (match === null || !text.endsWith(quote) || text.length < match[0].length + quote.length)
    notUnderstood(node, check);
}

function checkOdd(place: Extent, check: Check, formats: readonly CodeNode[]): void {
  const text = textOf(place, check);
  if (isWithin(place.from, formats) || isWithin(place.to - 1, formats)) {
    const bare = text.replaceAll("{{", "").replaceAll("}}", "");
    if (/[{}]/.test(bare)) notUnderstood(place, check);
    return;
  }
  // Signs alone do nothing that Python would not refuse by itself.
  if (/[\w"'`\\]/.test(text) || /[\p{L}\p{N}]/u.test(text)) notUnderstood(place, check);
}

/** True where the offset is in one of these, which follow one another. */
function isWithin(offset: number, nodes: readonly CodeNode[]): boolean {
  let [low, high] = [0, nodes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((nodes[middle]?.to ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return (nodes[low]?.from ?? Number.MAX_SAFE_INTEGER) <= offset;
}

function notUnderstood(node: { readonly from: number; readonly to: number }, check: Check): void {
  check.report("R0", node, "this cannot be told apart from something else; write it in a simpler way");
}
