import { argumentsOf } from "./arguments.ts";
import type { Check } from "./check.ts";
import { attributesBehind, importOrigins, isBuiltin, isExtra, placeOf, textOf } from "./check.ts";
import { dangerousBuiltins, guardedBuiltins, harmlessVariables } from "./data/names.ts";
import type { NameUse } from "./facts.ts";
import { literalOf } from "./literals.ts";

/** R2, R3 and R4 where a name is read. */
export function checkNames(check: Check): void {
  for (const use of check.facts.names) {
    checkBuiltin(use, check);
    checkDunder(use, check);
    checkModule(use, check);
  }
  for (const use of check.facts.bound) {
    checkDunder(use, check);
    if (use.name === "__builtins__" || dangerousBuiltins.has(use.name)) checkBorrowed(use, check);
  }
}

function checkBuiltin({ name, node, scope }: NameUse, check: Check): void {
  const isDangerous = dangerousBuiltins.has(name);
  if (!isDangerous && !guardedBuiltins.has(name)) return;
  if (!isBuiltin({ scope, name, at: node.from }, check)) return;
  if (isDangerous) {
    check.report(
      "R2",
      node,
      `"${name}" is not available here, not even under another name; work with the values that you were given`,
    );
  } else if (!isHarmlessCall({ name, node, scope }, check)) {
    check.report("R2", node, harmlessForms[name] ?? "");
  }
}

const harmlessForms: Readonly<Record<string, string>> = {
  getattr: "getattr may only be called, and with a public name as a literal text; write value.name",
  hasattr: "hasattr may only be called, and with a public name as a literal text",
  type: "type may only be called, and with one value; write isinstance to compare, and class to make a class",
};

function isHarmlessCall({ name, node }: NameUse, check: Check): boolean {
  const call = node.parent;
  if (call?.name !== "CallExpression" || call.firstChild?.from !== node.from) {
    // `isinstance(x, type)` and annotations do nothing with it.
    return name === "type" && call?.name === "TypeDef";
  }
  const given = argumentsOf(call, check.source);
  if (given.some(({ star, keyword }) => star !== null || keyword !== null)) return false;
  // The type of a type makes classes.
  if (name === "type") return given.length === 1 && !/^type\b/.test(textOf(given[0]?.node ?? call, check));
  const attribute = literalOf(given[1]?.node ?? null, check.source);
  return attribute !== null && /^[A-Za-z][A-Za-z0-9_]*$/.test(attribute) && !isTelling(attribute);
}

/** Names of attributes that {@link checkAttributes} would refuse in plain sight. */
function isTelling(attribute: string): boolean {
  return /^(read_|to_|f_|gi_|cr_|ag_|tb_|co_|func_)|^(query|eval|mro|obj|format|format_map|ctypes|dump|dumps|tofile)$/.test(
    attribute,
  );
}

function checkDunder({ name, node }: NameUse, check: Check): void {
  if (/^__.*__$/.test(name) && !harmlessVariables.has(name) && node.prevSibling?.name !== "def")
    check.report("R3", node, `"${name.slice(0, 60)}" belongs to the interpreter; use names of your own`);
}

/** A builtin's name as a `global` could be given back by `del`, and is never needed. */
function checkBorrowed({ name, node, scope }: NameUse, check: Check): void {
  if (scope.borrowed.has(name))
    check.report("R2", node, `"${name}" must not be a global variable; take another name`);
}

function checkModule({ name, node, scope }: NameUse, check: Check): void {
  for (const origin of importOrigins({ scope, name, at: node.from })) {
    // What must not be imported is refused where it is.
    if (isExtra(origin, check) || placeOf(origin) === "content" || placeOf(origin) === "refused") continue;
    let path = origin;
    let last: { readonly from: number; readonly to: number } = node;
    let place = placeOf(path);
    for (const attribute of attributesBehind(node)) {
      if (place !== "module" && place !== "on-the-way") break;
      path = `${path}.${textOf(attribute, check)}`;
      last = attribute;
      place = placeOf(path);
    }
    if (place === "refused")
      check.report(
        "R4",
        last,
        `${path} leads out of what is allowed; use the public functions of ${origin} itself`,
      );
    if (place === "module" || place === "on-the-way")
      check.report(
        "R4",
        node,
        `the module ${path} must not be passed on as a value; write its functions out, such as ${name}.function`,
      );
  }
}
