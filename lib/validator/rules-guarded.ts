import { type Argument, argumentsOf } from "./arguments.ts";
import { type Check, isBuiltin, textOf } from "./check.ts";
import type { CodeNode } from "./code-tree.ts";
import { interpreterAttributes } from "./data/names.ts";
import type { NameUse } from "./facts.ts";
import { literalOf } from "./literals.ts";
import { importedPaths, isOwnInstance } from "./member.ts";
import { isForbiddenAttribute } from "./rules-attributes.ts";
import { resolveScope } from "./scopes.ts";

/** What is harmless in one form only. */
interface Guard {
  readonly rule: "R2" | "R4" | "R5" | "R9";
  /** The form that is harmless, as the message tells it. */
  readonly form: string;
  /** True for such a call. */
  isHarmless(call: Call, check: Check): boolean;
  /** True for a use that is no call, and harmless too. */
  isHarmlessValue?(node: CodeNode, check: Check): boolean;
}

interface Call {
  readonly node: CodeNode;
  readonly given: readonly Argument[];
  readonly use: NameUse;
}

const readsAttribute: Omit<Guard, "form"> = {
  rule: "R2",
  isHarmless: ({ given }, check) => isPublic(given[1], check),
};

const attributeGetter: Guard = {
  rule: "R4",
  form: "may only be called, and with public names as literal texts; write a lambda",
  isHarmless: ({ given }, check) => given.length > 0 && given.every((argument) => isPublic(argument, check)),
};

/** What the fields are called is put into a text that is run, and patterns read it by positions. */
const namesOfFields: Guard = {
  rule: "R9",
  form: "may only be called with names of fields that stand in plain sight",
  isHarmless: ({ given }, check) =>
    given.every(({ keyword, node }) =>
      keyword === null
        ? fieldsOf(node, check)
        : fieldKeywords.has(keyword) || !/^(module|typename)$/.test(keyword),
    ),
};

const fieldKeywords: ReadonlySet<string> = new Set(["defaults", "rename", "total"]);

const calledInPlace: Guard = {
  rule: "R4",
  form: "may only be called in place, so that its arguments can be seen",
  isHarmless: () => true,
};

/** Builtins by name. */
export const guardedBuiltins: ReadonlyMap<string, Guard> = new Map(
  Object.entries<Guard>({
    getattr: {
      ...readsAttribute,
      form: "may only be called, and with a public name as a literal text; write value.name",
    },
    hasattr: { ...readsAttribute, form: "may only be called, and with a public name as a literal text" },
    setattr: {
      rule: "R2",
      form: "may only be called on self, or with a public name as a literal text; write value.name = ...",
      isHarmless: ({ given: [target, name], use }, check) =>
        isPublic(name, check) ||
        (target?.node?.name === "VariableName" &&
          isOwnInstance(textOf(target.node, check), use.scope) &&
          isNameOfVariable(name, check)),
    },
    type: {
      rule: "R2",
      form: "may only be called, and with one value; write isinstance to compare, and class to make a class",
      isHarmless: isHarmlessType,
      // `isinstance(x, type)` would be harmless, and an annotation is.
      isHarmlessValue: isInAnnotation,
    },
  }),
);

/** Functions and classes of modules, by path. */
export const guardedImports: ReadonlyMap<string, Guard> = new Map(
  Object.entries<Guard>({
    "operator.attrgetter": attributeGetter,
    "operator.methodcaller": {
      ...attributeGetter,
      isHarmless: ({ given: [name, ...others] }, check) => others.length === 0 && isPublic(name, check),
    },
    "functools.wraps": {
      rule: "R4",
      form: "may only be a decorator, and be given the function alone",
      isHarmless: ({ node, given }, check) => isAlone(given) && isAppliedAtOnce(node, check),
    },
    "collections.namedtuple": namesOfFields,
    "typing.NamedTuple": { ...namesOfFields, isHarmlessValue: isBase },
    "typing.TypedDict": { ...namesOfFields, isHarmlessValue: isBase },
    "logging.basicConfig": calledInPlace,
    "logging.Formatter": { ...calledInPlace, isHarmlessValue: isBase },
    "pandas.set_option": calledInPlace,
    "pandas.option_context": calledInPlace,
    "dateutil.tz.gettz": {
      rule: "R5",
      form: "may only be called, and with the name of a zone as a literal text",
      isHarmless: ({ given }, check) =>
        isAlone(given) && isZoneName(literalOf(given[0]?.node ?? null, check.source) ?? ""),
    },
    "functools.update_wrapper": {
      rule: "R4",
      form: "may only be called, and with two functions alone",
      isHarmless: ({ given }) =>
        given.length === 2 && given.every(({ keyword, star }) => keyword === null && star === null),
    },
    "abc.ABCMeta": {
      rule: "R9",
      form: "may only be a metaclass; inherit from abc.ABC",
      isHarmless: () => false,
      isHarmlessValue: (node) => node.prevSibling?.prevSibling !== null && isMetaclass(node),
    },
  }),
);

/** R2, R4 and R9 for what is harmless in one form only. */
export function checkGuarded(check: Check): void {
  for (const use of check.facts.names) {
    const builtin = guardedBuiltins.get(use.name);
    if (builtin !== undefined && isBuiltin({ scope: use.scope, name: use.name, at: use.node.from }, check))
      checkUse({ use, node: use.node, guard: builtin }, check);
    if (!check.facts.imported.has(use.name)) continue;
    const { node, path } = longestChain(use, check);
    const imported = guardedImports.get(path);
    if (imported !== undefined) checkUse({ use, node, guard: imported }, check);
  }
}

function checkUse(
  { use, node, guard }: { readonly use: NameUse; readonly node: CodeNode; readonly guard: Guard },
  check: Check,
): void {
  const call = node.parent;
  const isCall = call?.name === "CallExpression" && call.firstChild?.from === node.from;
  const list = isCall ? call : node.parent?.name === "Decorator" ? node.parent : null;
  const given = list === null ? [] : argumentsOf(list, check.source);
  const isPlain = !given.some(({ star }) => star !== null);
  const isHarmless =
    list === null
      ? (guard.isHarmlessValue?.(node, check) ?? false)
      : isPlain && guard.isHarmless({ node: list, given, use }, check);
  if (!isHarmless) check.report(guard.rule, node, `${textOf(node, check).slice(0, 60)} ${guard.form}`);
}

/** The chain of attributes that begins with a name, and what it was imported as. */
function longestChain(use: NameUse, check: Check): { readonly node: CodeNode; readonly path: string } {
  let node: CodeNode = use.node;
  while (
    node.parent?.name === "MemberExpression" &&
    node.prevSibling === null &&
    node.nextSibling?.name === "."
  )
    node = node.parent;
  const paths = importedPaths({ node, scope: use.scope }, check);
  return { node, path: paths.find((path) => guardedImports.has(path)) ?? "" };
}

/** A literal text of public names, such as `close` or `order.price`, none of which is refused in plain sight. */
function isPublic(argument: Argument | undefined, { source }: Check): boolean {
  if (argument === undefined || argument.keyword !== null) return false;
  const text = literalOf(argument.node, source);
  return text?.split(".").every((name) => /^[A-Za-z]\w*$/.test(name) && !isTelling(name)) ?? false;
}

function isTelling(name: string): boolean {
  return (
    isForbiddenAttribute(name) ||
    /^(read_|to_(?!numpy$|list$|dict$|frame$|period$|timestamp$))|^(query|eval|format|agg|aggregate|apply|transform|pipe)$/.test(
      name,
    )
  );
}

/** Not a text that names something of the interpreter's in plain sight, or that is put together from parts. */
function isNameOfVariable(argument: Argument | undefined, { source }: Check): boolean {
  const node = argument?.node ?? null;
  if (node === null || argument?.keyword !== null) return false;
  if (node.name === "FormatString") return /^f["'][A-Za-z]/i.test(source.slice(node.from, node.to));
  return /^(VariableName|MemberExpression)$/.test(node.name);
}

/** One argument, by its position. */
function isAlone(given: readonly Argument[]): boolean {
  return given.length === 1 && given[0]?.keyword === null && given[0].star === null;
}

/** `@wraps(f)`, or `wraps(f)(g)`. */
function isAppliedAtOnce(node: CodeNode, check: Check): boolean {
  if (node.name === "Decorator") return true;
  const outer = node.parent;
  return (
    outer?.name === "CallExpression" && outer.firstChild === node && isAlone(argumentsOf(outer, check.source))
  );
}

/** A base of a class. */
function isBase({ parent }: CodeNode): boolean {
  return parent?.name === "ArgList" && parent.parent?.name === "ClassDefinition";
}

/** Literal names, in brackets and beside their types. */
function fieldsOf(node: CodeNode | null, check: Check): boolean {
  if (node === null) return false;
  const text = literalOf(node, check.source);
  if (text !== null)
    return text
      .split(/[\s,]+/)
      .filter((name) => name !== "")
      .every((name) => /^[\p{L}][\p{L}\p{N}_]*$/u.test(name) && !interpreterAttributes.has(name));
  if (!/^(Array|Tuple|Dictionary)Expression$/.test(node.name)) return false;
  const isPair = node.parent !== null && /^(Array|Tuple)Expression$/.test(node.parent.name);
  const texts: CodeNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (/^[()[\]{},:]$/.test(child.name)) continue;
    // Behind the name of a field stands its type.
    const isType =
      (isPair && child.prevSibling?.name === ",") ||
      (node.name === "DictionaryExpression" && child.prevSibling?.name === ":");
    if (!isType) texts.push(child);
  }
  return texts.every((child) => fieldsOf(child, check));
}

/** A name in the database of time zones, and no path. */
function isZoneName(text: string): boolean {
  return /^[A-Za-z][\w+-]*(\/[A-Za-z][\w+-]*)*$/.test(text);
}

/** `type(x)` of a value tells its class; that of a class makes new ones. */
function isHarmlessType({ node, given: [value], given, use }: Call, check: Check): boolean {
  if (given.length !== 1 || value === undefined || value.keyword !== null || value.node === null)
    return false;
  if (/^(class|type)\b/.test(textOf(value.node, check)) || isClassName(value.node, use, check)) return false;
  // What a module has is a class or a function, whose type makes others.
  if (importedPaths({ node: value.node, scope: use.scope }, check).length > 0) return false;
  const outer = node.parent;
  if (outer?.name === "CallExpression" && outer.firstChild?.from === node.from)
    return (
      !check.facts.ownFunctions.has(textOf(value.node, check)) &&
      argumentsOf(outer, check.source).every(({ star, keyword }) => star === null || keyword !== null) &&
      argumentsOf(outer, check.source).length !== 3
    );
  return outer?.parent?.name !== "ClassDefinition";
}

/** `x: type` and `x: dict[str, type[Base]] | None`: named there, and not called. */
function isInAnnotation(node: CodeNode): boolean {
  let current: CodeNode | null = node.parent;
  while (current !== null && annotationParts.test(current.name)) current = current.parent;
  return current?.name === "TypeDef";
}

const annotationParts = /^(Member|Tuple|Array|Binary|Parenthesized)Expression$/;

function isClassName(node: CodeNode, { scope }: NameUse, check: Check): boolean {
  if (node.name !== "VariableName") return false;
  const name = textOf(node, check);
  if (
    /^(int|float|str|bytes|bool|list|dict|tuple|set|frozenset|object|complex|type|slice|range|property)$/.test(
      name,
    )
  )
    return true;
  const known = resolveScope({ scope, name, at: node.from })?.bindings.get(name);
  return known !== undefined && known.others === 0 && /^[A-Z]/.test(name);
}

function isMetaclass(node: CodeNode): boolean {
  return (
    node.parent?.name === "ArgList" &&
    node.parent.parent?.name === "ClassDefinition" &&
    node.prevSibling?.name === "AssignOp"
  );
}
