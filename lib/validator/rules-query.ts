import type { Argument } from "./arguments.ts";
import { type Check, importOrigins, textOf } from "./check.ts";
import { dispatchers, fileMethods, interpreterAttributes } from "./data/names.ts";
import { queryMethods } from "./data/query-methods.ts";
import { literalOf } from "./literals.ts";
import type { MethodCall } from "./method-call.ts";

/** What a query may be given besides its text. */
const harmlessKeywords: ReadonlySet<string> = new Set(["inplace", "engine", "parser"]);

/** R6: the text of `query` and `eval` is code, in a small language with ways out to Python. */
export function checkQuery(call: MethodCall, check: Check): void {
  const { method, property, given, owner } = call;
  // A function of that name, such as the builtin, is for R2; without a text it is the method of something else.
  if (owner === null || given.length === 0) return;
  const report = (message: string): void => check.report("R6", property, message);
  const text = textGiven(given, check);
  if (text === null)
    report(
      `"${method}" takes its text only as a literal; write df.query("a > @x") for a variable x, or the condition in Python, such as df[df.a > x]`,
    );
  else if (leadsOut(text) || namesImport(text, call, check))
    report(
      `the text of "${method}" must not hold "__", calls by "@", or methods that leave the frame; write the condition in Python`,
    );
  if (given.slice(1).some((other) => !isHarmless(other, check)))
    report(`"${method}" must not be given other names; write the condition in Python`);
}

function textGiven([first]: readonly Argument[], { source }: Check): string | null {
  if (first === undefined || first.star !== null) return null;
  if (first.keyword !== null && first.keyword !== "expr") return null;
  return literalOf(first.node, source);
}

function isHarmless({ keyword, star, node }: Argument, check: Check): boolean {
  if (star !== null || node === null) return false;
  if (keyword === null) return /^(True|False)$/.test(textOf(node, check));
  return harmlessKeywords.has(keyword);
}

/** `@name` of a module would be the module. */
function namesImport(text: string, { property, scope }: MethodCall, check: Check): boolean {
  return [...text.matchAll(/@\s*([\p{L}_][\p{L}\p{N}_]*)/gu)].some(
    ([, name = ""]) => importOrigins({ scope, name, at: property.from }, check).length > 0,
  );
}

/** True where the text may reach more than columns and the values of variables. */
function leadsOut(text: string): boolean {
  // Line ends other than these, and look-alike letters, are read in other ways by Python than here.
  if (/[^\P{Cc}\t\n]|[\u2028\u2029]/u.test(text) || text.normalize("NFKC") !== text) return true;
  // Texts within the text are no code, and a name in backquotes is one column.
  const code = text.replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, "0").replace(/`[^`\n]*`/g, "column");
  if (/__|["'`\\;#]|\blambda\b|[)\]]\s*\(/.test(code)) return true;
  const hasVariables = code.includes("@");
  if (/@\s*[\p{L}\p{N}_]+\s*[.(]|@\s*[\p{L}\p{N}_]+\s*\[[^[\]]*\]\s*[.([]|@\s*[^\p{L}\p{N}_\s]/u.test(code))
    return true;
  if (hasVariables && /@\s*[\p{L}\p{N}_]+\s*\[[^\]]*[[(@]/u.test(code)) return true;
  const attributes = [
    ...code.matchAll(/(?<![\d.])\.\s*([^\W\d]\w*)|(?<=[)\]\p{L}\p{N}_])\s*\.\s*([^\W\d]\w*)/gu),
  ].map(([, first, second]) => first ?? second ?? "");
  return attributes.some((name) => (hasVariables ? !queryMethods.has(name) : isDangerous(name)));
}

function isDangerous(name: string): boolean {
  return (
    /^(_|read_|to_(?!numpy$|list$))|^(query|eval|format|pipe|plot|hist|boxplot|style)$/.test(name) ||
    fileMethods.has(name) ||
    dispatchers.has(name) ||
    interpreterAttributes.has(name)
  );
}
