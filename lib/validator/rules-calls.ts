import type { Argument } from "./arguments.ts";
import { type Check, nodesNamed, textOf } from "./check.ts";
import { dispatchers, fileParameters, textMethods } from "./data/names.ts";
import { literalOf } from "./literals.ts";
import { type MethodCall, methodCallOf } from "./method-call.ts";
import { checkDispatch } from "./rules-dispatch.ts";
import { checkQuery } from "./rules-query.ts";
import { isTextBuffer } from "./text-buffer.ts";

/** R5, R6, R7 and R13 where a method is called. */
export function checkCalls(check: Check): void {
  for (const { node, scope } of nodesNamed("CallExpression", check)) {
    const call = methodCallOf(node, scope, check);
    if (call === null) continue;
    if (textMethods.has(call.method)) checkTextMethod(call, check);
    if (dispatchers.has(call.method)) checkDispatch(call, check);
    byMethod.get(call.method)?.(call, check);
    checkBackend(call, check);
  }
}

const byMethod: ReadonlyMap<string, (call: MethodCall, check: Check) => void> = new Map([
  ["query", checkQuery],
  ["eval", checkQuery],
  ["format", checkFormat],
  ["basicConfig", checkLogging],
  ["Formatter", checkLogging],
  ["set_option", checkOption],
  ["option_context", checkOption],
  ["plot", checkPlot],
  ["hist", checkPlot],
  ["boxplot", checkPlot],
]);

function checkTextMethod({ method, property, given, scope }: MethodCall, check: Check): void {
  const isFile = ({ keyword, star, node }: Argument): boolean => {
    if (star !== null) return true;
    const isNone = node !== null && textOf(node, check) === "None";
    if (node !== null && isTextBuffer({ node, scope }, check)) return false;
    return !isNone && (keyword === null || fileParameters.has(keyword));
  };
  if (given.some(isFile))
    check.report(
      "R5",
      property,
      `"${method}" may only be called without a file, and then gives a text; return it, or the frame itself`,
    );
}

function checkFormat({ property, owner, given }: MethodCall, check: Check): void {
  const template = literalOf(owner, check.source);
  if (template !== null && hasHiddenField(template))
    check.report("R7", property, "a template must not hold braces in square brackets; write an f-string");
  if (owner === null || template !== null) return;
  // The format of a frame's style is a literal that is looked at like any other.
  const isStyle = owner.name === "MemberExpression" && textOf(owner, check).endsWith(".style");
  if (!isStyle || given.some(({ node, star }) => star !== null || literalOf(node, check.source) === null))
    check.report("R7", property, "format may only be called on a literal text; write an f-string");
}

/** `{0[}].name}`: a brace in square brackets ends no field. */
function hasHiddenField(template: string): boolean {
  return /\[[^\]]*[{}]/.test(template);
}

function checkLogging({ method, property, given }: MethodCall, check: Check): void {
  if (given.some(({ keyword, star }) => star !== null || keyword === "filename" || keyword === "handlers"))
    check.report(
      "R5",
      property,
      `${method} must not be given a file; what is logged goes to the standard error`,
    );
  const texts = given.map(({ node }) => literalOf(node, check.source));
  const style = given.findIndex(
    ({ keyword }, position) => keyword === "style" || (keyword === null && position === 2),
  );
  if (style === -1 || texts[style] === "%" || texts[style] === "$") return;
  // A template in braces follows attributes, and is looked at where it is a literal.
  const template = given.findIndex(
    ({ keyword }, position) =>
      keyword === "fmt" || keyword === "format" || (keyword === null && position === 0),
  );
  if (template !== -1 && texts[template] === null)
    check.report(
      "R7",
      property,
      `${method} takes a template in braces only as a literal; write it out, or use style "%"`,
    );
}

/** Options are found by any part of their names, so that `back` would mean `plotting.backend`. */
const harmlessOption =
  /^(display|mode|compute|future|styler)\.|^(max_|min_|precision|width|expand_|float_|chained|copy_on_write|use_)/;

function checkOption({ property, given }: MethodCall, check: Check): void {
  const names = given
    .filter((_, position) => position % 2 === 0)
    .map(({ node }) => literalOf(node, check.source));
  if (
    names.some((name) => name === null || !harmlessOption.test(name) || !/^[\w.]+$/.test(name)) ||
    given.some(({ star }) => star !== null)
  )
    check.report("R4", property, "options that name a module must not be set; name each option literally");
}

/** So many parameters stand before the backend. */
const mostPlotArguments = 8;

/** Plots load the module that they are given as a backend. */
function checkPlot({ method, property, given }: MethodCall, check: Check): void {
  const positions = given.filter(({ keyword }) => keyword === null).length;
  if (positions > mostPlotArguments || given.some(({ star }) => star !== null))
    check.report("R4", property, `"${method}" must be given its arguments by their names, in plain sight`);
}

function checkBackend({ property, given }: MethodCall, check: Check): void {
  if (given.some(({ keyword }) => keyword === "backend" || keyword === "storage_options"))
    check.report(
      "R4",
      property,
      'the parameters "backend" and "storage_options" load other modules; leave them out',
    );
}
