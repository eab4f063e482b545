import type { CodeNode } from "./code-tree.ts";

const shape = /^([A-Za-z]{0,2})("""|'''|"|')/;

const simpleEscapes: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  a: "\x07",
  b: "\b",
  f: "\f",
  v: "\v",
};

/**
 * What a string literal means, escapes put in; null for what is no plain literal: bytes stay bytes as text, an f-string is code, and
 * a letter by its Unicode name is not looked up.
 */
export function literalValue(text: string): string | null {
  const match = shape.exec(text);
  if (match === null) return null;
  const [head, prefix = "", quote = ""] = match;
  if (prefix !== "" && /[ft]/i.test(prefix)) return null;
  const content = text.slice(head.length, text.length - quote.length);
  if (!content.includes("\\") || /r/i.test(prefix)) return content;
  if (content.includes("\\N{")) return null;
  return content.replace(
    /\\(\r?\n|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{1,3}|[\s\S])/g,
    (_, code: string) => {
      if (/^\r?\n$/.test(code)) return "";
      if (/^[xuU]./.test(code)) return fromCode(Number.parseInt(code.slice(1), 16));
      if (/^[0-7]/.test(code)) return fromCode(Number.parseInt(code, 8));
      return simpleEscapes[code] ?? (/^["'\\]$/.test(code) ? code : `\\${code}`);
    },
  );
}

function fromCode(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : "";
}

/** The value of a node that is a literal, several in a row and in brackets included; null for anything else. */
export function literalOf(node: CodeNode | null, source: string): string | null {
  if (node === null) return null;
  if (node.name === "String") return literalValue(source.slice(node.from, node.to));
  if (node.name === "ParenthesizedExpression") return literalOf(node.firstChild?.nextSibling ?? null, source);
  if (node.name !== "ContinuedString") return null;
  let joined = "";
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    const part = literalOf(child, source);
    if (part === null) return null;
    joined += part;
  }
  return joined;
}

/** By their quotes: texts whose first quote behind the beginning that no backslash takes away is their end. */
const wholeTexts: ReadonlyMap<string, RegExp> = new Map([
  ['"', /^"(?:[^"\\\r\n]|\\[\s\S])*"$/],
  ["'", /^'(?:[^'\\\r\n]|\\[\s\S])*'$/],
  ['"""', /^"""(?:[^"\\]|\\[\s\S]|"(?!""))*"""$/],
  ["'''", /^'''(?:[^'\\]|\\[\s\S]|'(?!''))*'''$/],
]);

/** True where Python's own reading of a string ends where the parser's does. */
export function endsWhereItSeems(text: string): boolean {
  const [, prefix = "", quote = ""] = shape.exec(text) ?? [];
  return wholeTexts.get(quote)?.test(text.slice(prefix.length)) ?? false;
}
