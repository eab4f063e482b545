import { parser } from "@lezer/python";
import { checkBasic } from "./basic.ts";
import { createCheck } from "./check.ts";
import { buildCodeTree } from "./code-tree.ts";
import { collectFacts } from "./collect-facts.ts";
import { locate } from "./locate.ts";
import { parseWithin } from "./parse-within.ts";
import { checkAttributes } from "./rules-attributes.ts";
import { checkCalls } from "./rules-calls.ts";
import { checkDefinitions } from "./rules-definitions.ts";
import { checkGuarded } from "./rules-guarded.ts";
import { checkIdentifiers } from "./rules-identifiers.ts";
import { checkImports } from "./rules-imports.ts";
import { checkNames } from "./rules-names.ts";
import { checkPatterns } from "./rules-patterns.ts";
import { checkTexts } from "./rules-texts.ts";
import { checkSource } from "./source-rules.ts";
import type { Finding, Violation } from "./violation.ts";

/** Options of {@link validate}. */
export interface ValidatorOptions {
  /**
   * `strict`: rules R1 to R13. `basic`: imports of system modules, and eval, exec, open, compile and __import__ by name. `off`: nothing.
   *
   * @default "strict"
   */
  readonly mode?: "strict" | "basic" | "off";
  /** Modules that may be imported besides those on the list, each with its submodules, for example `scipy`. @default [] */
  readonly imports?: readonly string[];
}

/** More are not listed: the code is refused anyway. */
const mostViolations = 100;

/** Deeper trees are code that nobody writes, and that can take Python's own parser down. */
const deepestTree = 400;

/**
 * What in the code is forbidden, in the order of the text; empty where nothing is. A first and fast answer with reasons: the container is
 * what holds. Never throws, whatever the text.
 *
 * @example
 * validate("import os"); // [{ rule: "R1", message: 'the import of "os" is refused: ...', line: 1, column: 8, ... }]
 */
export function validate(code: string, options: ValidatorOptions = {}): readonly Violation[] {
  const { mode = "strict", imports = [] } = options;
  if (mode === "off") return [];
  const findings = [...checkSource(code)];
  // What is refused for its size is not parsed: parsing is what the size would make slow.
  if (!findings.some(({ rule }) => rule === "R12")) findings.push(...checkTree(code, mode, imports));
  const ordered = findings.sort((left, right) => left.from - right.from || left.to - right.to);
  return locate(code, withoutRepetitions(ordered).slice(0, mostViolations));
}

function checkTree(code: string, mode: "strict" | "basic", imports: readonly string[]): readonly Finding[] {
  const tree = parseWithin(parser, code);
  if (tree === null)
    return [{ rule: "R12", from: 0, to: 0, message: "the code takes too long to parse; split it up" }];
  const facts = collectFacts(buildCodeTree(tree, code), code);
  const check = createCheck(code, facts, imports);
  if (mode === "basic") checkBasic(check);
  else {
    if (facts.maxDepth > deepestTree)
      check.report(
        "R12",
        { from: 0, to: 0 },
        `the code is nested more than ${deepestTree} levels deep; split it up`,
      );
    for (const rules of [
      checkImports,
      checkNames,
      checkGuarded,
      checkAttributes,
      checkCalls,
      checkDefinitions,
      checkPatterns,
    ])
      rules(check);
    checkIdentifiers(check, tree);
    checkTexts(check);
  }
  return check.findings;
}

function withoutRepetitions(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Set<string>();
  return findings.filter(({ rule, from, to }) => {
    const key = `${rule} ${from} ${to}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
