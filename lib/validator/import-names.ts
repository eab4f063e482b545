import type { CodeNode } from "./code-tree.ts";

/** An import that is longer than this is refused for it, and its names are not bound, UTF-16 code units. */
export const longestImport = 4000;

/** The name that an import binds here, and what it stands for; null for a node that binds none. */
export interface ImportedName {
  readonly name: string;
  /** A module, or a module and a name in it, for example `numpy.linalg`. */
  readonly origin: string;
}

/** `import a.b as c` binds c to a.b, `import a.b` binds a to a, `from a import b as c` binds c to a.b. */
export function importedName(node: CodeNode, source: string): ImportedName | null {
  const statement = node.parent;
  if (statement === null || statement.name !== "ImportStatement") return null;
  const isFrom = statement.firstChild?.name === "from";
  const importWord = statement.getChild("import");
  const isModulePart = isFrom && importWord !== null && node.from < importWord.from;
  if (isModulePart || node.prevSibling?.name === ".") return null;
  const isAlias = node.prevSibling?.name === "as";
  const { nextSibling } = node;
  const hasAlias = nextSibling?.name === "as" && !isAlias;
  if (hasAlias || (nextSibling?.name === "." && aliasBehind(node) !== null)) return null;
  const name = source.slice(node.from, node.to);
  const path = dottedEndingAt(isAlias ? (node.prevSibling?.prevSibling ?? null) : node, source);
  if (isFrom) return { name, origin: `${modulePath(statement, source)}.${path}` };
  return { name, origin: isAlias ? path : name };
}

function aliasBehind(node: CodeNode): CodeNode | null {
  let current: CodeNode | null = node;
  while (current !== null && (current.name === "VariableName" || current.name === "."))
    current = current.nextSibling;
  return current?.name === "as" ? current : null;
}

function dottedEndingAt(last: CodeNode | null, source: string): string {
  const parts: string[] = [];
  for (let current = last; current !== null; current = current.prevSibling) {
    if (current.name === "VariableName") parts.unshift(source.slice(current.from, current.to));
    else if (current.name !== ".") break;
  }
  return parts.join(".");
}

/** The module of `from MODULE import`, dots before it included. */
export function modulePath(statement: CodeNode, source: string): string {
  let path = "";
  for (
    let current = statement.firstChild?.nextSibling ?? null;
    current !== null;
    current = current.nextSibling
  ) {
    if (current.name === "import") break;
    if (current.name === "VariableName" || current.name === ".")
      path += source.slice(current.from, current.to);
  }
  return path;
}
