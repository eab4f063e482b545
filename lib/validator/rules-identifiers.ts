import type { Check } from "./check.ts";

/** R11: Python takes look-alikes of letters for the letters themselves (NFKC), so that `𝓸𝓼` is `os`. */
export function checkIdentifiers(check: Check): void {
  const { names, bound, attributes, nodes } = check.facts;
  const places = [...names, ...bound].map(({ node }) => node);
  const imports = nodes.filter(({ node }) => node.name === "ImportStatement").map(({ node }) => node);
  for (const { from, to } of [...places, ...attributes, ...imports]) {
    const text = check.source.slice(from, to);
    // Most names are plain, and this is asked of every one.
    if (/^[\x20-\x7e\s]*$/.test(text) || text.normalize("NFKC") === text) continue;
    check.report(
      "R11",
      { from, to },
      `Python reads "${text.slice(0, 40)}" as "${text.normalize("NFKC").slice(0, 40)}"; write it so`,
    );
  }
}
