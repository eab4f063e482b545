import type { Finding } from "./violation.ts";

/** Longer code is none that a person or a model wrote as a strategy, UTF-16 code units. */
export const mostLetters: number = 96 * 1024;

/** Brackets within brackets; Python itself takes 200. */
const deepestBrackets = 100;

const invisible = /[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/g;

/** R11 and R12: what can be seen before anything is parsed. Linear in the length of the text. */
export function checkSource(source: string): readonly Finding[] {
  if (source.length > mostLetters) {
    const message = `the code is longer than ${mostLetters} letters; keep what is needed, and send data as inputs`;
    return [{ rule: "R12", from: 0, to: 0, message }];
  }
  return [...oddLetters(source), ...cookies(source), ...deepBrackets(source), ...longChains(source)];
}

/** Any of the letters below. */
const odd = /[\0\r\f\v\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/;

function oddLetters(source: string): readonly Finding[] {
  if (!odd.test(source)) return [];
  const found: Finding[] = [];
  const add = (at: number, message: string): void =>
    void found.push({ rule: "R11", from: at, to: at + 1, message });
  if (source.startsWith("\ufeff")) add(0, "the text begins with a byte order mark; save it without one");
  for (const { index } of source.matchAll(/\0/g)) add(index, "the text holds a NUL; it must be plain text");
  for (const { index } of source.matchAll(/\r(?!\n)/g))
    add(index, "a carriage return alone ends a line for Python and for nobody else; use line feeds");
  for (const { index } of source.matchAll(/[\f\v]/g))
    add(index, "form feeds change what is indented how far; use line feeds");
  for (const { index } of source.matchAll(invisible))
    add(index, "an invisible letter changes the order in which the text is read; remove it");
  return found.slice(0, 20);
}

/** Python reads the first two lines for the encoding of all. */
function cookies(source: string): readonly Finding[] {
  const found: Finding[] = [];
  let from = 0;
  for (const line of source.split("\n", 2)) {
    const cookie = /^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)/.exec(line)?.[1];
    if (cookie !== undefined && !/^utf[-_]?8$/i.test(cookie)) {
      const message = `the encoding "${cookie.slice(0, 40)}" makes Python read another text; leave the line out`;
      found.push({ rule: "R11", from, to: from + line.length, message });
    }
    from += line.length + 1;
  }
  return found;
}

/** Brackets are counted where they stand, in texts and comments too: only far more than anyone writes is refused. */
function deepBrackets(source: string): readonly Finding[] {
  const at = tooDeep(source.replace(/[^()[\]{}]+/g, "")) === null ? null : tooDeep(source);
  if (at === null) return [];
  return [
    {
      rule: "R12",
      from: at,
      to: at + 1,
      message: `more than ${deepestBrackets} brackets are open here; split this up`,
    },
  ];
}

/** Where one bracket too many is opened. */
function tooDeep(text: string): number | null {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at];
    if (letter === "(" || letter === "[" || letter === "{") depth++;
    else if (letter === ")" || letter === "]" || letter === "}") depth = Math.max(0, depth - 1);
    if (depth > deepestBrackets) return at;
  }
  return null;
}

function longChains(source: string): readonly Finding[] {
  const match = /(?:[-+~]\s*){100}|(?:not\s+){100}|(?:lambda\s*:\s*){50}/.exec(source);
  if (match === null) return [];
  return [
    {
      rule: "R12",
      from: match.index,
      to: match.index + 1,
      message: "this is nested too deeply; split it up",
    },
  ];
}
