import * as assert from "uvu/assert";
import { ConfigError } from "../../../../lib/errors.ts";
import { createGeneticProposer, type GeneticOptions } from "../../../../lib/loop/propose/genetic.ts";
import { interleaveCode } from "../../../../lib/loop/propose/interleave.ts";
import { createTemplate } from "../../../../lib/loop/propose/template.ts";
import type { Proposal, ProposeContext, Proposer } from "../../../../lib/loop/proposer.ts";
import { errorOf, rejectionOf } from "../../../support/catch-error.ts";
import { suite } from "../../../support/suite.ts";

const test = suite("proposals by a genetic search");

const search: GeneticOptions = {
  template: 'A = 0\nB = "x"\nprint(A, B)\n',
  genes: { A: { from: -5, to: 40 }, B: { choices: ["p", "q", true, 1.5] } },
  population: 10,
};

const contextOf = (index: number, signal = new AbortController().signal): ProposeContext => ({
  ...{ index, champions: [], failures: [], signal },
  counts: { candidates: 0, scored: 0, failed: 0, deadLetters: 0, repeated: 0, elapsedMs: 0 },
});
const ask = (proposer: Proposer, index: number): Promise<Proposal | null> =>
  Promise.resolve(proposer.propose(contextOf(index)));
const codeOf = (proposal: Proposal | null): string =>
  typeof proposal === "object" ? (proposal?.code ?? "") : proposal;
const numberIn = (code: string): number => Number(/A = (-?\d+)/.exec(code)?.[1]);

/** Proposes and tells outcomes, each generation in its own order; `score` null for failures. */
async function run(
  options: Partial<GeneticOptions>,
  {
    generations,
    order = (index) => index,
    score = (code) => -Math.abs(numberIn(code) - 30),
  }: {
    readonly generations: number;
    readonly order?: (place: number) => number;
    readonly score?: (code: string) => number | null;
  },
): Promise<string[]> {
  const proposer = createGeneticProposer({ ...search, ...options });
  const codes: string[] = [];
  for (let generation = 0; generation < generations; generation++) {
    const places = Array.from({ length: 10 }, (_, place) => generation * 10 + place);
    for (const index of places) codes.push(codeOf(await ask(proposer, index)));
    for (const index of places.sort((left, right) => order(left) - order(right)))
      proposer.observe?.({ index, meta: null, score: score(codes[index] ?? "") });
  }
  return codes;
}

test("parameters go into their lines, as Python", async () => {
  const codes = await run({}, { generations: 1 });
  for (const code of codes) assert.match(code, /^A = -?\d+\nB = ("p"|"q"|True|1\.5)\nprint\(A, B\)\n$/);
  assert.ok(codes.every((code) => numberIn(code) >= -5 && numberIn(code) <= 40));
});

test("the same seed gives the same search, in whatever order outcomes come; another seed another", async () => {
  const codes = await run({ seed: 4 }, { generations: 6 });
  assert.equal(await run({ seed: 4 }, { generations: 6, order: (index) => -index }), codes);
  assert.equal(await run({ seed: 4 }, { generations: 6, order: (index) => (index * 7) % 11 }), codes);
  assert.not.equal(await run({ seed: 5 }, { generations: 6 }), codes);
});

test("no candidate comes twice while there are others", async () => {
  const codes = await run({}, { generations: 12 });
  assert.is(new Set(codes).size, 120);
});

test("it finds better ones", async () => {
  for (const seed of [1, 2, 3]) {
    const genes = { A: { from: 0, to: 10_000 }, B: { choices: [1] } };
    const distance = (code: string): number => -Math.abs(numberIn(code) - 7777);
    const codes = await run({ seed, genes }, { generations: 20, score: distance });
    const best = (from: number, to: number): number => Math.max(...codes.slice(from, to).map(distance));
    assert.ok(best(0, 200) > best(0, 10) / 4, `seed ${seed}: ${best(0, 10)} to ${best(0, 200)}`);
  }
});

test("failures have no children, and where all fail it searches at random", async () => {
  const codes = await run({}, { generations: 8, score: () => null });
  assert.is(new Set(codes).size, 80);
});

test("the next generation waits for the one before, and a signal ends the wait", async () => {
  const proposer = createGeneticProposer(search);
  const controller = new AbortController();
  const waiting = Promise.resolve(proposer.propose(contextOf(10, controller.signal)));
  const reason = new Error("enough");
  controller.abort(reason);
  assert.is(await rejectionOf(waiting, Error), reason);
  const next = ask(proposer, 10);
  for (let index = 0; index < 10; index++) proposer.observe?.({ index, meta: null, score: index });
  assert.match(codeOf(await next), /^A = /);
});

const bad: readonly (readonly [string, Partial<GeneticOptions>, RegExp])[] = [
  ["no genes", { genes: {} }, /at least one parameter/],
  [
    "a gene without a line",
    { genes: { C: { from: 1, to: 2 } } },
    /one line that begins with "C =", and has 0/,
  ],
  ["a gene with two lines", { template: "A = 1\nA = 2\n", genes: { A: { from: 1, to: 2 } } }, /and has 2/],
  ["a name that is none", { genes: { "a b": { from: 1, to: 2 } } }, /"a b" is no name/],
  ["a range upside down", { genes: { A: { from: 2, to: 1 } } }, /A must be whole numbers from and to/],
  ["no choices", { genes: { A: { choices: [] } } }, /or a list of choices/],
  ["a population of one", { population: 1 }, /population must be/],
  ["a mutation beyond certainty", { mutation: 1.5 }, /mutation must be/],
  ["half a seed", { seed: 0.5 }, /seed must be/],
];
for (const [name, options, message] of bad) {
  test(`${name} is refused`, () => {
    const error = errorOf(() => createGeneticProposer({ ...search, ...options }));
    assert.instance(error, ConfigError);
    assert.match(error.message, message);
  });
}

test("a comparison, an indented line and a longer name are no parameter's line", () => {
  const fill = createTemplate("if 1:\n  A = 3\nA == 2\nAA = 1\nA=5\n", ["A"]);
  assert.is(fill({ A: 7 }), "if 1:\n  A = 3\nA == 2\nAA = 1\nA = 7\n");
});

test("foreign code comes at its places, and the search sees nothing of it", async () => {
  const seen: number[] = [];
  const told: number[] = [];
  const main: Proposer = {
    propose: ({ index }) => {
      seen.push(index);
      return `own ${index}`;
    },
    observe: ({ index }) => void told.push(index),
  };
  const mixed = interleaveCode(main, ["x", "y"], 3);
  const codes: string[] = [];
  for (let index = 0; index < 10; index++) {
    codes.push(codeOf(await ask(mixed, index)));
    mixed.observe?.({ index, meta: null, score: 1 });
  }
  const own = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, place) => `own ${from + place}`);
  assert.equal(codes, ["own 0", "own 1", "x", "own 2", "own 3", "y", ...own(4, 8)]);
  assert.equal(
    [seen, told],
    [
      [0, 1, 2, 3, 4, 5, 6, 7],
      [0, 1, 2, 3, 4, 5, 6, 7],
    ],
  );
});

test.run();
