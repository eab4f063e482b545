import type { Check } from "./check.ts";
import {
  attributesBehind,
  importOrigins,
  isBuiltin,
  isExtra,
  leadsToSystem,
  nodesNamed,
  placeOf,
  textOf,
} from "./check.ts";
import type { CodeNode } from "./code-tree.ts";
import { allowedMethods, dangerousBuiltins, harmlessVariables } from "./data/names.ts";
import type { NameUse } from "./facts.ts";
import { guardedBuiltins } from "./rules-guarded.ts";

/** R2, R3 and R4 where a name is read. */
export function checkNames(check: Check): void {
  for (const use of check.facts.names) {
    checkBuiltin(use, check);
    checkDunder(use, check);
    checkModule(use, check);
  }
  for (const use of check.facts.bound) {
    checkDunder(use, check);
    // Classes take it for the module that they are of, and write into that one.
    if (use.name === "__name__") check.report("R3", use.node, '"__name__" must keep its value');
  }
  for (const { node } of nodesNamed("ScopeStatement", check)) checkScopeStatement(node, check);
}

function checkBuiltin({ name, node, scope }: NameUse, check: Check): void {
  if (!dangerousBuiltins.has(name) || !isBuiltin({ scope, name, at: node.from }, check)) return;
  check.report(
    "R2",
    node,
    `"${name}" is not available here, not even under another name; work with the values that you were given`,
  );
}

function checkDunder(use: NameUse, check: Check): void {
  const { name, node } = use;
  if (
    !name.startsWith("__") ||
    !/^__.*__$/.test(name) ||
    harmlessVariables.has(name) ||
    node.prevSibling?.name === "def"
  )
    return;
  if (isMethodAlias(use, check)) return;
  check.report("R3", node, `"${name.slice(0, 60)}" belongs to the interpreter; use names of your own`);
}

/** `__radd__ = __add__` in a class that defines `__add__` itself: as if it were defined twice. */
function isMethodAlias({ name, node, scope }: NameUse, check: Check): boolean {
  const statement = node.parent;
  const [target, sign, value] = [
    statement?.firstChild,
    statement?.firstChild?.nextSibling,
    statement?.lastChild,
  ];
  if (scope.kind !== "class" || !allowedMethods.has(name) || statement?.name !== "AssignStatement")
    return false;
  if (target?.name !== "VariableName" || sign?.name !== "AssignOp" || value?.name !== "VariableName")
    return false;
  if (value.prevSibling?.from !== sign.from || !allowedMethods.has(textOf(target, check))) return false;
  const method = scope.bindings.get(textOf(value, check));
  return method !== undefined && method.others === 0 && method.origins.size === 0;
}

/** A builtin's name as a `global` could be given back by `del`, and is never needed. */
function checkScopeStatement(statement: CodeNode, check: Check): void {
  for (const node of statement.getChildren("VariableName")) {
    const name = textOf(node, check);
    if (dangerousBuiltins.has(name) || Object.hasOwn(guardedBuiltins, name) || name.startsWith("__"))
      check.report("R2", node, `"${name.slice(0, 60)}" must not be a global variable; take another name`);
  }
}

function checkModule({ name, node, scope }: NameUse, check: Check): void {
  for (const origin of importOrigins({ scope, name, at: node.from }, check)) {
    // What must not be imported is refused where it is.
    if (isExtra(origin, check)) {
      checkExtra(origin, node, check);
      continue;
    }
    let path = origin;
    let place = placeOf(path);
    if (place === "content" || place === "refused") continue;
    let last: { readonly from: number; readonly to: number } = node;
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
    if ((place === "module" || place === "on-the-way") && !isOnlyCompared(node))
      check.report(
        "R4",
        node,
        `the module ${path} must not be passed on as a value; write its functions out, such as ${name}.function`,
      );
  }
}

/** `module is None` and `if module:` ask whether an import worked, and pass nothing on. */
function isOnlyCompared(node: CodeNode): boolean {
  const { parent, nextSibling } = node;
  if (parent?.name === "IfStatement") return true;
  return (
    parent?.name === "BinaryExpression" && (nextSibling?.name === "is" || node.prevSibling?.name === "is")
  );
}

/** The caller's own modules may hold anything but the way to the system. */
function checkExtra(origin: string, node: CodeNode, check: Check): void {
  const behind = attributesBehind(node);
  const path = [origin, ...behind.map((attribute) => textOf(attribute, check))].join(".");
  if (leadsToSystem(path))
    check.report(
      "R4",
      behind.at(-1) ?? node,
      `${path.slice(0, 80)} leads to the system; use the public functions of ${origin}`,
    );
}
