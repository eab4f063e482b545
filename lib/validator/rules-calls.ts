import type { SyntaxNode } from "@lezer/common";
import { type Argument, argumentsOf } from "./arguments.ts";
import { type Check, textOf } from "./check.ts";
import { dispatchers, fileMethods, fileParameters, textMethods } from "./data/names.ts";
import { literalOf } from "./literals.ts";

/** A call of a method, as rules see it. */
interface MethodCall {
  readonly method: string;
  readonly property: SyntaxNode;
  readonly owner: SyntaxNode | null;
  readonly given: readonly Argument[];
}

/** R5, R6, R7 and R13 where a method is called. */
export function checkCalls(check: Check): void {
  for (const { node } of check.facts.nodes) {
    if (node.name !== "CallExpression") continue;
    const call = methodCallOf(node, check);
    if (call === null) continue;
    if (textMethods.has(call.method)) checkTextMethod(call, check);
    if (call.method === "query" || call.method === "eval") checkQuery(call, check);
    if (call.method === "format") checkFormat(call, check);
    if (dispatchers.has(call.method)) checkDispatch(call, check);
    if (call.method === "basicConfig") checkLogging(call, check);
    if (call.method === "set_option" || call.method === "option_context") checkOption(call, check);
    checkBackend(call, check);
  }
}

function methodCallOf(node: SyntaxNode, check: Check): MethodCall | null {
  const callee = node.firstChild;
  const property = callee?.name === "MemberExpression" ? callee.getChild("PropertyName") : callee;
  if (property === null || property === undefined || !/^(PropertyName|VariableName)$/.test(property.name))
    return null;
  return {
    method: textOf(property, check),
    property,
    owner: callee?.name === "MemberExpression" ? callee.firstChild : null,
    given: argumentsOf(node, check.source),
  };
}

function checkTextMethod({ method, property, given }: MethodCall, check: Check): void {
  const isFile = ({ keyword, star, node }: Argument): boolean => {
    if (star !== null) return true;
    const isNone = node !== null && textOf(node, check) === "None";
    return !isNone && (keyword === null || fileParameters.has(keyword));
  };
  if (given.some(isFile))
    check.report(
      "R5",
      property,
      `"${method}" may only be called without a file, and then gives a text; return it, or the frame itself`,
    );
}

/** What a query may not hold: the ways from its own small language to Python. */
const wayOut = /__|@\s*\w+\s*[.([]|\.\s*(_|read_|to_|query|eval|apply|agg|map|pipe|transform|format)\w*\s*\(/;

function checkQuery({ method, property, given, owner }: MethodCall, check: Check): void {
  // A function of that name, such as the builtin, is for R2.
  if (owner === null) return;
  const [first, ...others] = given;
  const text = literalOf(first?.node ?? null, check.source);
  const isPlain = first?.star === null && (first.keyword === null || first.keyword === "expr");
  if (text === null || !isPlain)
    check.report(
      "R6",
      property,
      `"${method}" takes its text only as a literal; write the condition in Python, such as df[df.a > x]`,
    );
  else if (wayOut.test(text))
    check.report(
      "R6",
      property,
      `the text of "${method}" must not hold "__", calls by "@", or methods that leave the frame; write the condition in Python`,
    );
  if (
    others.some(
      ({ keyword, star }) =>
        star !== null || /^(local_dict|global_dict|resolvers|level|target)$/.test(keyword ?? ""),
    )
  )
    check.report("R6", property, `"${method}" must not be given other names; write the condition in Python`);
}

function checkFormat({ property, owner, given }: MethodCall, check: Check): void {
  if (owner === null || literalOf(owner, check.source) !== null) return;
  // The format of a frame's style is a literal that is looked at like any other.
  const isStyle = owner.name === "MemberExpression" && textOf(owner, check).endsWith(".style");
  if (!isStyle || given.some(({ node, star }) => star !== null || literalOf(node, check.source) === null))
    check.report("R7", property, "format may only be called on a literal text; write an f-string");
}

function checkDispatch({ method, property, given }: MethodCall, check: Check): void {
  for (const { node, star } of given) {
    if (star === "**")
      check.report("R13", property, `"${method}" must be given its arguments in plain sight`);
    if (node === null) continue;
    for (const name of namesIn(node, check)) {
      if (isForbiddenMethod(name))
        check.report(
          "R13",
          node,
          `"${method}" must not call "${name.slice(0, 60)}"; name a calculation, such as "mean"`,
        );
    }
  }
}

function isForbiddenMethod(name: string): boolean {
  return (
    /^(_|read_|to_(?!numpy$|list$|dict$|frame$|period$|timestamp$|datetime$))|^(query|eval|pipe|plot|hist|boxplot)$/.test(
      name,
    ) || fileMethods.has(name)
  );
}

/** Literal texts, in lists and dicts too. */
function namesIn(node: SyntaxNode, check: Check): readonly string[] {
  const found: string[] = [];
  const waiting = [node];
  for (let current = waiting.pop(); current !== undefined; current = waiting.pop()) {
    const text = literalOf(current, check.source);
    if (text !== null) found.push(text);
    else if (
      /^(ArrayExpression|TupleExpression|DictionaryExpression|SetExpression|ParenthesizedExpression|ConditionalExpression)$/.test(
        current.name,
      )
    )
      for (let child = current.firstChild; child !== null; child = child.nextSibling) waiting.push(child);
  }
  return found;
}

function checkLogging({ property, given }: MethodCall, check: Check): void {
  if (given.some(({ keyword, star }) => star !== null || keyword === "filename" || keyword === "handlers"))
    check.report(
      "R5",
      property,
      "basicConfig must not be given a file; what is logged goes to the standard error",
    );
}

function checkOption({ property, given }: MethodCall, check: Check): void {
  const names = given
    .filter((_, position) => position % 2 === 0)
    .map(({ node }) => literalOf(node, check.source));
  if (
    names.some((name) => name === null || /backend|engine/.test(name)) ||
    given.some(({ star }) => star !== null)
  )
    check.report("R4", property, "options that name a module must not be set; name each option literally");
}

function checkBackend({ property, given }: MethodCall, check: Check): void {
  if (given.some(({ keyword }) => keyword === "backend" || keyword === "storage_options"))
    check.report(
      "R4",
      property,
      'the parameters "backend" and "storage_options" load other modules; leave them out',
    );
}
