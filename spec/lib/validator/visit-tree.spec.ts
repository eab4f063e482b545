import { type Tree, TreeBuffer } from "@lezer/common";
import { parser } from "@lezer/python";
import * as assert from "uvu/assert";
import { visitTree } from "../../../lib/validator/visit-tree.ts";
import { suite } from "../../support/suite.ts";
import { readCases, readCorpus } from "../../support/validator-cases.ts";

const test = suite("going through Lezer's tree");

const programs = [
  ...readCases("bypasses.py"),
  ...readCases("benign.py"),
  ...readCorpus("bypass"),
  ...readCorpus("benign"),
].map(({ code }) => code);

/** What Lezer's own way of going through a tree calls. */
function iterated(tree: Tree): readonly string[] {
  const steps: string[] = [];
  tree.iterate({
    enter: ({ name, from, to }) => void steps.push(`${name} ${from} ${to}`),
    leave: () => void steps.push("up"),
  });
  return steps;
}

function visited(tree: Tree): readonly string[] {
  const steps: string[] = [];
  visitTree(tree, 0, {
    enter: ({ name }, from, to) => void steps.push(`${name} ${from} ${to}`),
    leave: () => void steps.push("up"),
  });
  return steps;
}

test("every node is seen as Lezer's own cursor sees it, whole or broken code", () => {
  for (const code of programs)
    for (const text of [code, code.slice(0, code.length / 2), code.slice(code.length / 3)])
      assert.equal(visited(parser.parse(text)), iterated(parser.parse(text)));
});

test("so is a text too long for one buffer, which Lezer balances by nodes without a name", () => {
  const tree = parser.parse(programs.join("\n"));
  const kinds = new Set<string>();
  const note = (child: Tree | TreeBuffer): void => {
    if (child instanceof TreeBuffer) return;
    kinds.add(child.type.isAnonymous ? "without a name" : "with a name");
    child.children.forEach(note);
  };
  note(tree);
  assert.equal([...kinds].sort(), ["with a name", "without a name"]);
  assert.equal(visited(tree), iterated(tree));
});

test.run();
