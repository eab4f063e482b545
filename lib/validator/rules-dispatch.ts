import type { Argument } from "./arguments.ts";
import { type Check, isBuiltin, textOf } from "./check.ts";
import type { CodeNode } from "./code-tree.ts";
import { allowedModules } from "./data/modules.ts";
import { dispatchers, fileMethods, stringDispatchers } from "./data/names.ts";
import type { AttributeUse } from "./facts.ts";
import { literalOf } from "./literals.ts";
import { importedPaths, isCalled, isOwnInstance, ownerOf } from "./member.ts";
import type { MethodCall } from "./method-call.ts";
import { resolveScope } from "./scopes.ts";

/** Parameters of the dispatchers themselves; all others go on to the method that is called. */
const ownKeywords: ReadonlySet<string> = new Set(
  "func axis raw result_type by_row engine engine_kwargs convert_dtype meta na_action include_groups".split(
    " ",
  ),
);

/** R13: methods that call the method whose name they are given. */
export function checkDispatch({ method, property, given, scope }: MethodCall, check: Check): void {
  for (const argument of given) {
    const { node, star } = argument;
    if (star === "**")
      check.report("R13", property, `"${method}" must be given its arguments in plain sight`);
    for (const name of methodsNamed(method, argument, given, check))
      if (isForbiddenMethod(name))
        check.report(
          "R13",
          node ?? property,
          `"${method}" must not call "${name.slice(0, 60)}"; name a calculation, such as "mean"`,
        );
  }
  if (!stringDispatchers.has(method)) return;
  const target = given.find(({ keyword }) => keyword === null || keyword === "func");
  if (target === undefined) return;
  if (isComputedText(target.node))
    check.report(
      "R13",
      property,
      `"${method}" must be given a name in plain sight, or a function; write it as one literal`,
    );
  else if (
    given.some((other) => other !== target && goesOn(other, check)) &&
    !isFunction(target, scope, check)
  )
    check.report(
      "R13",
      property,
      `what "${method}" hands on to an unknown method could be a path; write a lambda that calls it`,
    );
}

/** R13 where such a method is taken as a value: what it is given later cannot be seen. */
export function checkDispatcherAsValue(use: AttributeUse, check: Check): void {
  if (!stringDispatchers.has(use.name) || isCalled(use)) return;
  const around = use.node.parent?.name === "Decorator" ? "Decorator" : (use.node.parent?.parent?.name ?? "");
  const isTarget = around === "AssignStatement" && use.node.parent?.nextSibling?.name === "AssignOp";
  if (!isTarget && !isOwn(use, check))
    check.report(
      "R13",
      use,
      `"${use.name}" may only be called in place, so that the names which it calls can be seen`,
    );
}

/** A method that the code defines itself. */
function isOwn(use: AttributeUse, check: Check): boolean {
  return check.facts.ownNames.has(use.name) && isOwnInstance(ownerOf(use, check) ?? "", use.scope);
}

function isForbiddenMethod(name: string): boolean {
  return (
    /^(_|read_|to_(?!numpy$|list$|dict$|frame$|period$|timestamp$|datetime$))|^(query|eval|pipe|plot|hist|boxplot)$/.test(
      name,
    ) ||
    dispatchers.has(name) ||
    fileMethods.has(name) ||
    // What a frame has no method for is looked up in numpy.
    numpyRefused.has(name)
  );
}

const numpyRefused: ReadonlySet<string> = new Set(allowedModules.get("numpy")?.refused ?? []);

const containers =
  /^(ArrayExpression|TupleExpression|DictionaryExpression|SetExpression|ParenthesizedExpression|ConditionalExpression)$/;

/** Tables of other kinds are given names of columns, and methods only here. */
const tableMakers: Readonly<Record<string, number>> = { pivot_table: 3, crosstab: 4 };

/** Texts by which an argument names methods: not the keys of a dict and the first of a pair, which are columns. */
function methodsNamed(
  method: string,
  argument: Argument,
  given: readonly Argument[],
  check: Check,
): readonly string[] {
  const { node, keyword } = argument;
  if (node === null) return [];
  const position = tableMakers[method];
  if (position !== undefined && keyword !== "aggfunc" && given.indexOf(argument) !== position) return [];
  const isPair = keyword !== null && !ownKeywords.has(keyword) && node.name === "TupleExpression";
  const [, ...behindFirst] = isPair ? node.getChildren("String") : [];
  return isPair ? behindFirst.flatMap((text) => literalOf(text, check.source) ?? []) : namesIn(node, check);
}

/** Literal texts, in lists and dicts too. */
function namesIn(node: CodeNode, { source }: Check): readonly string[] {
  return leavesOf(node).flatMap((leaf) => literalOf(leaf, source) ?? []);
}

function leavesOf(node: CodeNode): readonly CodeNode[] {
  const found: CodeNode[] = [];
  const waiting = [node];
  for (let current = waiting.pop(); current !== undefined; current = waiting.pop()) {
    if (!containers.test(current.name)) found.push(current);
    else
      for (let child = current.firstChild; child !== null; child = child.nextSibling)
        if (current.name !== "DictionaryExpression" || child.nextSibling?.name !== ":") waiting.push(child);
  }
  return found;
}

/** `"to_" + x`, `f"to_{x}"`, `"x".join(y)`: a text that is put together where it is given. */
function isComputedText(node: CodeNode | null): boolean {
  return node !== null && leavesOf(node).some(isTextMade);
}

function isTextMade(node: CodeNode): boolean {
  if (node.name === "BinaryExpression" || node.name === "FormatString") return true;
  if (node.name === "ContinuedString") return node.getChild("FormatString") !== null;
  // A method of a text is a function.
  if (node.name === "MemberExpression" && node.lastChild?.name === "PropertyName") return false;
  // Whatever is called or taken from a literal text is a text again.
  let current: CodeNode | null = node;
  while (current?.name === "CallExpression" || current?.name === "MemberExpression") {
    current = current.firstChild;
    if (current?.name === "String" || current?.name === "ContinuedString") return true;
  }
  return false;
}

/** True for an argument that the called method gets, and that could be a path. */
function goesOn({ keyword, star, node }: Argument, check: Check): boolean {
  if (star !== null || keyword === "args" || keyword === "kwargs") return true;
  if (node === null || /^(Number|Boolean|None|LambdaExpression)$/.test(node.name)) return false;
  if (keyword !== null && ownKeywords.has(keyword)) return false;
  if (keyword === null) return !/^(index|columns|rows)$/.test(literalOf(node, check.source) ?? "");
  // Named aggregations are pairs.
  return node.name !== "TupleExpression";
}

/** True for what is certainly a function, and not the name of a method. */
function isFunction({ node }: Argument, scope: MethodCall["scope"], check: Check): boolean {
  if (node === null) return false;
  if (node.name === "LambdaExpression") return true;
  if (node.name === "CallExpression")
    return importedPaths({ node: node.firstChild, scope }, check).some(
      (path) => path === "functools.partial",
    );
  const imported = importedPaths({ node, scope }, check);
  if (imported.length > 0) return node.name === "MemberExpression" || isBoundByDefinition(node, scope, check);
  if (node.name !== "VariableName") return false;
  const place = { scope, name: textOf(node, check), at: node.from };
  if (resolveScope(place) !== null) return isBoundByDefinition(node, scope, check);
  return isBuiltin(place, check) && !place.name.startsWith("__");
}

/** Every way in which the name gets a value makes it a function or a class, or imports it. */
function isBoundByDefinition(node: CodeNode, scope: MethodCall["scope"], check: Check): boolean {
  const name = textOf(node, check);
  const owner = resolveScope({ scope, name, at: node.from });
  const known = owner?.bindings.get(name);
  return known !== undefined && known.others === 0;
}
