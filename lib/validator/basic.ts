import type { Check } from "./check.ts";
import { isBuiltin, nodesNamed, textOf } from "./check.ts";
import { basicRefused } from "./data/modules.ts";
import { basicBuiltins } from "./data/names.ts";

/** The mode `basic`: what the first specification of this system named, and no more. */
export function checkBasic(check: Check): void {
  for (const { node } of nodesNamed("ImportStatement", check)) {
    const first = node.getChild("VariableName");
    const words = textOf(node, check).match(/[\w.]+/g) ?? [];
    const modules = words[0] === "from" ? [words[1] ?? ""] : words;
    const refused = modules.find((word) => basicRefused.has(word.split(".")[0] ?? ""));
    if (refused !== undefined)
      check.report("R1", first ?? node, `the import of "${refused}" is refused: it reaches the system`);
  }
  for (const { name, node, scope } of check.facts.names) {
    if (basicBuiltins.has(name) && isBuiltin({ scope, name, at: node.from }, check))
      check.report("R2", node, `"${name}" is not available here; work with the values that you were given`);
  }
}
