import { attributesBehind, type Check, importOrigins } from "./check.ts";
import {
  allowedMethods,
  dispatchers,
  fileMethods,
  harmlessAttributes,
  interpreterAttributes,
  publicPrivates,
  textDumpers,
  textMethods,
} from "./data/names.ts";
import type { AttributeUse } from "./facts.ts";
import { literalOf } from "./literals.ts";

/** R3, R5 and R7 where an attribute is named. */
export function checkAttributes(check: Check): void {
  for (const use of check.facts.attributes) {
    if (use.name.startsWith("_")) checkPrivate(use, check);
    else checkPublic(use, check);
  }
  for (const { node } of check.facts.nodes) {
    if (node.name !== "KeywordPattern" || node.firstChild === null) continue;
    const { from, to } = node.firstChild;
    const name = check.source.slice(from, to);
    if (name.startsWith("_") || isForbidden(name))
      check.report(
        "R10",
        { from, to },
        `a pattern must not read "${name.slice(0, 60)}"; match public attributes`,
      );
  }
}

function checkPrivate(use: AttributeUse, check: Check): void {
  const { name } = use;
  if (publicPrivates.has(name)) return;
  const owner = ownerOf(use, check);
  if (/^__.*__$/.test(name)) {
    if (harmlessAttributes.has(name) || (owner === "super()" && allowedMethods.has(name))) return;
    check.report(
      "R3",
      use,
      `"${name.slice(0, 60)}" leads to the interpreter; use what the object offers publicly`,
    );
  } else if (owner !== "self" && owner !== "cls") {
    check.report(
      "R3",
      use,
      `"${name.slice(0, 60)}" is private; only attributes of self may begin with an underscore`,
    );
  }
}

/** The text before the dot, where it is a name or `super()`. */
function ownerOf({ node }: AttributeUse, { source }: Check): string | null {
  const owner = node.parent?.firstChild ?? null;
  if (owner === null || owner.to > node.from) return null;
  if (owner.name === "VariableName") return source.slice(owner.from, owner.to);
  const isSuper =
    owner.name === "CallExpression" && /^super\(\s*\)$/.test(source.slice(owner.from, owner.to));
  return isSuper ? "super()" : null;
}

function isForbidden(name: string): boolean {
  return interpreterAttributes.has(name) || fileMethods.has(name) || name.startsWith("read_");
}

const templateMethods: ReadonlySet<string> = new Set([
  "format_map",
  "vformat",
  "get_field",
  "safe_substitute",
]);

function checkPublic(use: AttributeUse, check: Check): void {
  const { name } = use;
  if (interpreterAttributes.has(name)) {
    check.report("R3", use, `"${name}" leads to the interpreter's own objects; do without it`);
  } else if (
    (fileMethods.has(name) || name.startsWith("read_")) &&
    !isHarmlessDump(use, check) &&
    ownerOf(use, check) !== "self"
  ) {
    check.report(
      "R5",
      use,
      `"${name.slice(0, 60)}" reads or writes files; work with the values that you were given, and return values`,
    );
  } else if (templateMethods.has(name)) {
    check.report("R7", use, `"${name}" follows attributes that a text names; write an f-string`);
  } else if (
    (textMethods.has(name) ||
      name === "query" ||
      name === "eval" ||
      (name === "format" && !isHarmlessTemplate(use, check))) &&
    !isCalled(use)
  ) {
    check.report(
      name === "format" ? "R7" : "R5",
      use,
      `"${name}" may only be called in place, so that its arguments can be seen`,
    );
  } else if (dispatchers.has(name) && isAliased(use)) {
    check.report(
      "R13",
      use,
      `"${name}" may only be called in place, so that the names which it calls can be seen`,
    );
  }
}

function isHarmlessDump({ node, name, scope }: AttributeUse, check: Check): boolean {
  const root = node.parent?.firstChild;
  if (name !== "dumps" || root?.name !== "VariableName") return false;
  const origins = importOrigins({ scope, name: check.source.slice(root.from, root.to), at: root.from });
  return (
    origins.length > 0 &&
    origins.every((origin) => textDumpers.has(origin)) &&
    attributesBehind(root).length === 1
  );
}

/** `map("{:.2f}".format, values)` follows no attributes. */
function isHarmlessTemplate({ node }: AttributeUse, { source }: Check): boolean {
  const template = literalOf(node.parent?.firstChild ?? null, source);
  return template !== null && !/\{[^{}:!]*[.[]/.test(template);
}

function isCalled({ node }: AttributeUse): boolean {
  const member = node.parent;
  return member?.parent?.name === "CallExpression" && member.parent.firstChild?.from === member.from;
}

/** `f = df.agg` hides what f is given; a column of that name that is only read does no harm. */
function isAliased(use: AttributeUse): boolean {
  return (
    !isCalled(use) &&
    use.node.parent?.parent?.name === "AssignStatement" &&
    use.node.parent.prevSibling?.name === "AssignOp"
  );
}
