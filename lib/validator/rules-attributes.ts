import { argumentsOf } from "./arguments.ts";
import { attributesBehind, type Check, importOrigins, isExtra, textOf } from "./check.ts";
import type { CodeNode } from "./code-tree.ts";
import {
  allowedMethods,
  fileMethods,
  harmlessAttributes,
  interpreterAttributes,
  libraryPrivates,
  moduleAttributes,
  pandasReaders,
  publicPrivates,
  settableDunders,
  templateMethods,
  textDumpers,
  textMethods,
} from "./data/names.ts";
import type { AttributeUse } from "./facts.ts";
import { literalOf } from "./literals.ts";
import { importedPaths, isCalled, isOwnInstance, ownerNode, ownerOf, rootOf } from "./member.ts";
import { checkDispatcherAsValue } from "./rules-dispatch.ts";
import { resolveScope } from "./scopes.ts";
import { brackets, comprehensions } from "./targets.ts";
import { isTextBuffer } from "./text-buffer.ts";

/** R3, R5, R7 and R13 where an attribute is named. */
export function checkAttributes(check: Check): void {
  for (const use of check.facts.attributes) {
    if (use.name.startsWith("_")) checkPrivate(use, check);
    else if (isTelling(use.name)) checkPublic(use, check);
    checkDispatcherAsValue(use, check);
    if (isSet(use)) checkAssigned(use, check);
  }
}

function checkPrivate(use: AttributeUse, check: Check): void {
  const { name } = use;
  if (publicPrivates.has(name) || /^_\d+$/.test(name)) return;
  if (/^__.*__$/.test(name)) checkDunder(use, check);
  else if (!isOwnPrivate(use, check))
    check.report(
      "R3",
      use,
      `"${name.slice(0, 60)}" is private; only attributes of self may begin with an underscore`,
    );
}

function checkDunder(use: AttributeUse, check: Check): void {
  const { name } = use;
  const isHarmless =
    (harmlessAttributes.has(name) && (name !== "__init__" || isInitOfClass(use, check))) ||
    (ownerOf(use, check) === "super()" && allowedMethods.has(name)) ||
    (name === "__class__" && /^__(qual)?name__$/.test(nextAttribute(use, check))) ||
    (name === "__setattr__" && setsOwnAttribute(use, check));
  if (!isHarmless)
    check.report(
      "R3",
      use,
      `"${name.slice(0, 60)}" leads to the interpreter; use what the object offers publicly`,
    );
  else if (isSet(use) && !settableDunders.has(name))
    check.report(
      "R9",
      use,
      `"${name.slice(0, 60)}" must not be given another value; define a method of that name`,
    );
}

/** `object.__setattr__(self, "name", value)`, as frozen dataclasses need it. */
function setsOwnAttribute(use: AttributeUse, check: Check): boolean {
  const owner = ownerOf(use, check);
  const call = isCalled(use) ? use.node.parent?.parent : null;
  if (call === null || call === undefined) return false;
  const given = argumentsOf(call, check.source);
  if (given.some(({ keyword, star }) => keyword !== null || star !== null)) return false;
  const isObject = owner === "object" && given.length === 3;
  const [name, target] =
    owner === "super()" && given.length === 2 ? [given[0], null] : [given[1], given[0]?.node ?? null];
  if (owner !== "super()" && !isObject) return false;
  const isOwn =
    owner === "super()" ||
    (target?.name === "VariableName" && isOwnInstance(textOf(target, check), use.scope));
  return isOwn && /^[A-Za-z]\w*$/.test(literalOf(name?.node ?? null, check.source) ?? "");
}

function nextAttribute({ node }: AttributeUse, check: Check): string {
  const outer = node.parent?.parent;
  const property = outer?.name === "MemberExpression" ? outer.getChild("PropertyName") : null;
  return property === null || property === undefined ? "" : textOf(property, check);
}

/** `Base.__init__(self)`; of an object it would make it anew, such as a file that is open. */
function isInitOfClass(use: AttributeUse, check: Check): boolean {
  const owner = ownerNode(use);
  if (owner === null || ownerOf(use, check) === "super()") return owner !== null;
  if (importedPaths({ node: owner, scope: use.scope }, check).length > 0) return true;
  if (owner.name !== "VariableName") return false;
  const name = textOf(owner, check);
  const known = resolveScope({ scope: use.scope, name, at: owner.from })?.bindings.get(name);
  return known === undefined || known.others === 0 || isOwnInstance(name, use.scope);
}

/** What an import names must stay what it is: the modules themselves use it. */
function checkAssigned(use: AttributeUse, check: Check): void {
  const node = use.node.parent ?? use.node;
  const paths = importedPaths({ node, scope: use.scope }, check);
  if (paths.some((path) => !isExtra(path, check) && !settableOption.test(path)))
    check.report("R9", use, `"${use.name.slice(0, 60)}" of a module must not be given another value`);
  const isField =
    use.name === "name" &&
    (check.facts.imported.has("fields") || check.facts.attributes.some(({ name }) => name === "fields"));
  if (
    isField &&
    !/\.(index|columns|dt)$/.test(textOf(ownerNode(use) ?? use, check)) &&
    !isOwnInstance(ownerOf(use, check) ?? "", use.scope)
  )
    check.report("R9", use, "the fields of a dataclass must not be given other names");
}

const settableOption = /^pandas\.options\.(display|mode|compute|future|styler)\./;

/** Given a value, taken away, or bound by a loop; in brackets too. */
function isSet({ node }: AttributeUse): boolean {
  let current: CodeNode | null = node.parent;
  while (current?.parent !== null && current?.parent !== undefined && brackets.has(current.parent.name))
    current = current.parent;
  const statement = current?.parent;
  if (current === null || statement === null || statement === undefined) return false;
  switch (statement.name) {
    case "DeleteStatement":
    case "UpdateStatement":
      return true;
    case "WithStatement":
      return current.prevSibling?.name === "as";
    case "AssignStatement":
      return isBefore("AssignOp", current) || isBefore("TypeDef", current);
    case "ForStatement":
      return isBefore("in", current);
    default:
      return comprehensions.has(statement.name) && isLoopVariable(current) && isBefore("in", current);
  }
}

/** Behind the first `for` of a comprehension. */
function isLoopVariable({ parent, from }: CodeNode): boolean {
  return (parent?.getChild("for")?.from ?? Number.MAX_SAFE_INTEGER) <= from;
}

/** True where a node of the name follows beside this one. */
function isBefore(name: string, node: CodeNode): boolean {
  let next = node.nextSibling;
  while (next !== null && next.name !== name) next = next.nextSibling;
  return next !== null;
}

/** A private attribute of the code's own objects; never one that is a module in an object of others, such as `_os`. */
function isOwnPrivate(use: AttributeUse, check: Check): boolean {
  const { name, scope } = use;
  if (moduleAttributes.has(name.replace(/^_+/, "")) || libraryPrivates.has(name)) return false;
  if (isOwnInstance(ownerOf(use, check) ?? "", scope)) return true;
  return check.facts.ownNames.has(name) && !isImported(use, check);
}

function isImported(use: AttributeUse, check: Check): boolean {
  return importedPaths({ node: rootOf(ownerNode(use)), scope: use.scope }, check).length > 0;
}

/** Public names that are refused wherever they are read, or nearly so. */
const forbiddenAttributes: ReadonlySet<string> = new Set([
  ...interpreterAttributes,
  ...fileMethods,
  ...textMethods,
  ...pandasReaders,
  ...templateMethods,
]);

/** True for a public name that {@link checkPublic} refuses wherever it is read. */
export function isForbiddenAttribute(name: string): boolean {
  return forbiddenAttributes.has(name);
}

/** Methods whose arguments must be seen. */
const codeMethods: ReadonlySet<string> = new Set(["query", "eval", "format"]);

/** True for the few names that {@link checkPublic} has a question about. */
function isTelling(name: string): boolean {
  return forbiddenAttributes.has(name) || codeMethods.has(name) || name.startsWith("read_");
}

function checkPublic(use: AttributeUse, check: Check): void {
  const { name } = use;
  if (isInterpreters(use, check)) {
    check.report("R3", use, `"${name}" leads to the interpreter's own objects; do without it`);
  } else if (isFileAccess(use, check)) {
    check.report(
      "R5",
      use,
      `"${name.slice(0, 60)}" reads or writes files; work with the values that you were given, and return values`,
    );
  } else if (templateMethods.has(name)) {
    check.report("R7", use, `"${name}" follows attributes that a text names; write an f-string`);
  } else if (isCalledElsewhere(use, check)) {
    check.report(
      name === "format" ? "R7" : name === "query" || name === "eval" ? "R6" : "R5",
      use,
      `"${name}" may only be called in place, so that its arguments can be seen`,
    );
  }
}

function isInterpreters(use: AttributeUse, check: Check): boolean {
  if (!interpreterAttributes.has(use.name)) return false;
  // Handlers keep a file in `stream`; own objects may have one too.
  return (
    use.name !== "stream" ||
    !(isOwnInstance(ownerOf(use, check) ?? "", use.scope) || check.facts.ownNames.has("stream"))
  );
}

function isFileAccess(use: AttributeUse, check: Check): boolean {
  const { name } = use;
  if (fileMethods.has(name)) return !isHarmlessDump(use, check);
  if (pandasReaders.has(name)) return !(textReaders.has(name) && readsText(use, check));
  return name.startsWith("read_") && !check.facts.ownFunctions.has(name);
}

const textReaders: ReadonlySet<string> = new Set(["read_csv", "read_table", "read_fwf", "read_json"]);

/** `pd.read_csv(io.StringIO(text))` reads no file. */
function readsText({ node, scope }: AttributeUse, check: Check): boolean {
  const call = isCalled({ node }) ? node.parent?.parent : null;
  const source = call?.getChild("ArgList")?.firstChild?.nextSibling ?? null;
  if (source === null || /\b(storage_options|filepath_or_buffer)\b/.test(textOf(call ?? source, check)))
    return false;
  return isTextBuffer({ node: source, scope }, check);
}

function isHarmlessDump({ node, name, scope }: AttributeUse, check: Check): boolean {
  const root = node.parent?.firstChild;
  if (name !== "dumps" || root?.name !== "VariableName") return false;
  const origins = importOrigins({ scope, name: textOf(root, check), at: root.from }, check);
  return (
    origins.length > 0 &&
    origins.every((origin) => textDumpers.has(origin)) &&
    attributesBehind(root).length === 1
  );
}

function isCalledElsewhere(use: AttributeUse, check: Check): boolean {
  const { name } = use;
  const isGuarded = textMethods.has(name) || codeMethods.has(name);
  return isGuarded && !isCalled(use) && !isHarmlessTemplate(use, check);
}

/** `map("{:.2f}".format, values)` follows no attributes. */
function isHarmlessTemplate(use: AttributeUse, { source }: Check): boolean {
  const owner: CodeNode | null = ownerNode(use);
  const template = use.name === "format" ? literalOf(owner, source) : null;
  return template !== null && !/\{[^{}:!]*[.[]/.test(template);
}
