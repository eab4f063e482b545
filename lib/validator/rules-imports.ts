import { type Check, isExtra, nodesNamed, placeOf, textOf } from "./check.ts";
import type { CodeNode } from "./code-tree.ts";
import { allowedModules } from "./data/modules.ts";
import { fileMethods } from "./data/names.ts";
import { longestImport, modulePath } from "./import-names.ts";

/** R1, and R4 and R5 for what is imported from a module. */
export function checkImports(check: Check): void {
  for (const { node, scope } of nodesNamed("ImportStatement", check)) {
    if (scope.kind === "class")
      check.report("R4", node, "an import in a class makes the module an attribute; import at the top");
    if (node.to - node.from > longestImport)
      check.report("R12", node, `an import may have ${longestImport} letters; write several`);
    checkImport(node, check);
  }
}

function checkImport(statement: CodeNode, check: Check): void {
  if (statement.firstChild?.name !== "from") {
    for (const path of importedPaths(statement, check)) checkModule(path, check);
    return;
  }
  const module = modulePath(statement, check.source);
  const place = { from: statement.from, to: statement.to };
  if (module.startsWith(".")) {
    check.report("R1", place, "there is no package here to import from; write the code into this file");
    return;
  }
  // Of a package whose own contents are refused its submodules may still be named.
  const isPackage = !isExtra(module, check) && placeOf(module) === "on-the-way";
  if (!isPackage && !checkModule({ path: module, ...place }, check)) return;
  checkNames(statement, module, check);
}

interface Path {
  readonly path: string;
  readonly from: number;
  readonly to: number;
}

/** True where the module may be imported. */
function checkModule({ path, from, to }: Path, check: Check): boolean {
  if (isExtra(path, check) || placeOf(path) === "module") return true;
  const [top = ""] = path.split(".");
  const hint = allowedModules.has(top)
    ? `only ${listOf(top)} may be imported`
    : "it is not among the modules that may be imported";
  check.report("R1", { from, to }, `the import of "${path.slice(0, 60)}" is refused: ${hint}`);
  return false;
}

function listOf(top: string): string {
  const submodules = allowedModules.get(top)?.submodules ?? [];
  return [top, ...submodules.map((name) => `${top}.${name}`)].join(", ");
}

function importedPaths(statement: CodeNode, check: Check): readonly Path[] {
  const paths: Path[] = [];
  let current = null as Path | null;
  let isAlias = false;
  for (let child = statement.firstChild?.nextSibling ?? null; child !== null; child = child.nextSibling) {
    if (child.name === "as") isAlias = true;
    else if (child.name === ",") [current, isAlias] = [null, false];
    else if (child.name === "VariableName" && !isAlias) {
      const text = textOf(child, check);
      const before: Path | null = current;
      if (before !== null) paths.pop();
      current = {
        path: before === null ? text : `${before.path}.${text}`,
        from: before?.from ?? child.from,
        to: child.to,
      };
      paths.push(current);
    }
  }
  return paths;
}

function checkNames(statement: CodeNode, module: string, check: Check): void {
  let isBehind = false;
  let isAlias = false;
  let found = 0;
  for (let child = statement.firstChild; child !== null; child = child.nextSibling) {
    if (child.name === "import") isBehind = true;
    else if (child.name === "as") isAlias = true;
    else if (child.name === ",") isAlias = false;
    else if (isBehind && textOf(child, check) === "*")
      check.report("R1", child, "a star hides what is imported; name what you need");
    else if (isBehind && child.name === "VariableName" && !isAlias) {
      found++;
      checkName(child, module, check);
    }
  }
  if (found === 0 && !statement.getChild("*"))
    check.report("R1", statement, "this import names nothing that can be seen; name what you need");
}

function checkName(node: CodeNode, module: string, check: Check): void {
  const name = textOf(node, check);
  if (name.startsWith("_")) {
    check.report("R1", node, `"${name.slice(0, 60)}" is private to ${module}; import what is public`);
    return;
  }
  if (isExtra(module, check)) return;
  if (name.startsWith("read_") || fileMethods.has(name)) {
    check.report(
      "R5",
      node,
      `"${name.slice(0, 60)}" reads or writes files; work with the values that you were given`,
    );
    return;
  }
  const place = placeOf(`${module}.${name}`);
  if (place === "refused")
    check.report(
      "R4",
      node,
      `"${name.slice(0, 60)}" of ${module} leads out of what is allowed; use the public functions of ${module} itself`,
    );
}
