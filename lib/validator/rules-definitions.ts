import { argumentsOf } from "./arguments.ts";
import { attributesBehind, type Check, importOrigins, isExtra, nodesNamed, textOf } from "./check.ts";
import type { CodeNode } from "./code-tree.ts";
import { plainDecorators } from "./collect-facts.ts";
import { allowedMethods, interpreterAttributes, libraryPrivates } from "./data/names.ts";
import { resolveScope, type Scope } from "./scopes.ts";

/** R8 and R9 where functions and classes are defined. */
export function checkDefinitions(check: Check): void {
  for (const { node, scope } of nodesNamed("Decorator", check)) checkDecorator(node, scope, check);
  for (const { node, scope } of nodesNamed("ClassDefinition", check)) checkClass(node, scope, check);
  for (const { node } of nodesNamed("FunctionDefinition", check)) checkFunction(node, check);
  for (const { node } of nodesNamed("ParamList", check)) checkParameters(node, check);
  for (const { name, node, scope } of check.facts.bound)
    if (scope.kind === "class") checkField(name, node, check);
}

const importedDecorators: ReadonlySet<string> = new Set(
  "dataclasses.dataclass functools.lru_cache functools.cache functools.wraps functools.cached_property functools.total_ordering functools.partial abc.abstractmethod contextlib.contextmanager contextlib.asynccontextmanager typing.overload typing.final typing.override typing.no_type_check typing.runtime_checkable numpy.vectorize numpy.errstate enum.unique enum.verify".split(
    " ",
  ),
);

const accessors: ReadonlySet<string> = new Set(["setter", "getter", "deleter"]);

function checkDecorator(node: CodeNode, scope: Scope, check: Check): void {
  const name = node.getChild("VariableName");
  // Lezer ends the decorator where Python, since 3.9, goes on with any expression, and marks the place.
  if (name === null || node.lastChild?.isError === true) {
    check.report("R8", node, "a decorator must be a name, or the call of one");
    return;
  }
  const text = textOf(name, check);
  const behind = attributesBehind(name).map((attribute) => textOf(attribute, check));
  const [only = ""] = behind;
  if (behind.length === 0 && (plainDecorators.has(text) || check.facts.ownFunctions.has(text))) return;
  if (behind.length === 1 && accessors.has(only)) return;
  const origins = importOrigins({ scope, name: text, at: name.from }, check);
  if (origins.length === 0 && resolveScope({ scope, name: text, at: name.from }) !== null) return;
  if (origins.length > 0 && origins.every((origin) => isExtra(origin, check))) return;
  const paths = origins.map((origin) => [origin, ...behind].join("."));
  if (paths.length > 0 && paths.every((path) => importedDecorators.has(path))) return;
  check.report(
    "R8",
    node,
    `"@${[text, ...behind].join(".").slice(0, 60)}" is not among the known decorators; call the function instead`,
  );
}

function checkClass(node: CodeNode, scope: Scope, check: Check): void {
  for (const { keyword, star, node: value } of argumentsOf(node, check.source)) {
    if (star !== null)
      check.report("R9", node.getChild("ArgList") ?? node, "the bases of a class must stand in plain sight");
    if (keyword !== "metaclass" || value === null) continue;
    const root = value.name === "MemberExpression" ? value.firstChild : value;
    const origins =
      root === null
        ? []
        : importOrigins({ scope: scope.parent ?? scope, name: textOf(root, check), at: root.from }, check);
    const behind = root === null ? [] : attributesBehind(root).map((attribute) => textOf(attribute, check));
    const isAbstract =
      origins.length > 0 && origins.every((origin) => [origin, ...behind].join(".") === "abc.ABCMeta");
    if (!isAbstract)
      check.report("R9", value, "metaclasses are refused; write an ordinary class, or inherit from abc.ABC");
  }
}

/** Where the parser loses its way in a list of parameters, it takes what follows for parameters. */
function checkParameters(node: CodeNode, check: Check): void {
  for (let child = node.firstChild; child !== null; child = child.nextSibling)
    if (child.isError)
      check.report("R0", child, "these parameters cannot be told apart; write them in a simpler way");
}

/** Patterns read by their positions what the fields of a class are called. */
function checkField(name: string, node: CodeNode, check: Check): void {
  if (interpreterAttributes.has(name) || libraryPrivates.has(name))
    check.report("R10", node, `"${name}" is what the interpreter calls its own; take another name`);
}

function checkFunction(node: CodeNode, check: Check): void {
  const name = node.getChild("VariableName");
  if (name === null) return;
  const text = textOf(name, check);
  if (/^__.*__$/.test(text) && !allowedMethods.has(text))
    check.report("R9", name, `"${text.slice(0, 60)}" runs where nothing calls it; write an ordinary method`);
}
