import * as assert from "uvu/assert";
import { mostLetters } from "../../../lib/validator/source-rules.ts";
import { validate } from "../../../lib/validator/validate.ts";
import { suite } from "../../support/suite.ts";
import { readCases, readCorpus } from "../../support/validator-cases.ts";

const test = suite("the validator, given anything");

/** Just below the cap, so that all of it is looked into. */
const length = mostLetters - 40;

const pieces: Readonly<Record<string, string>> = {
  brackets: "(",
  attributes: "a.",
  quotes: '"',
  "triple quotes": "'''",
  backslashes: "\\",
  minuses: "-",
  names: "a ",
  tuples: "a,",
  assignments: "a=",
  additions: "a+",
  comparisons: "a<",
  statements: "a=b\n",
  texts: "'a' ",
  subscripts: "[0]",
  calls: "()",
  decorators: "@a\n",
  lambdas: "lambda:",
  negations: "not ",
  conditions: "x if y else ",
  blanks: " ",
  "line ends": "\n",
  "carriage returns": "\r",
  semicolons: ";",
  colons: ":",
  dots: ".",
  stars: "*",
  hashes: "#",
  braces: "{",
  "f-strings": 'f"{x}"',
  "f-strings without an end": 'f"{',
  backquotes: "`a",
  comprehensions: "for a in b ",
  "letters of other scripts": "é",
  "halves of letters": "\ud800",
  functions: "def f(a=b):pass\n",
  imports: "import a\n",
};

for (const [name, piece] of Object.entries(pieces)) {
  test(
    `${name} without end are decided in under two seconds`,
    () => {
      for (const head of ["", "x = f(["]) {
        const code = head + piece.repeat(Math.floor((length - head.length) / piece.length));
        const startedAt = performance.now();
        validate(code);
        const ms = performance.now() - startedAt;
        assert.ok(ms < 2000, `${JSON.stringify(head)}: ${Math.round(ms)} ms`);
      }
    },
    { timeoutMs: 60_000 },
  );
}

test("a megabyte of anything is refused by its size at once", () => {
  for (const piece of Object.values(pieces))
    assert.is(validate(piece.repeat(1024 ** 2 / piece.length))[0]?.rule, "R12");
});

/** Numbers that look random and are the same each time. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
}

const programs = [
  ...readCorpus("bypass"),
  ...readCorpus("benign"),
  ...readCases("bypasses.py"),
  ...readCases("benign.py"),
];

test(
  "programs that were cut, doubled and mixed neither crash it nor come out with places outside of the text",
  () => {
    const random = createRandom(7);
    for (let round = 0; round < 3000; round++) {
      const [one, two] = [
        programs[random(programs.length)]?.code ?? "",
        programs[random(programs.length)]?.code ?? "",
      ];
      const code =
        one.slice(0, random(one.length + 1)) +
        String.fromCharCode(random(300)) +
        two.slice(random(two.length + 1));
      for (const { from, to, line, column, endLine, message } of validate(code)) {
        assert.ok(from >= 0 && to <= code.length && from <= to, code);
        assert.ok(line >= 1 && column >= 1 && endLine >= line && message !== "");
      }
    }
  },
  { timeoutMs: 60_000 },
);

test(
  "a bypass stays one whatever stands before and behind it",
  () => {
    const fillers = readCases("benign.py").map(({ code }) => code);
    const random = createRandom(11);
    for (const { name, code } of readCases("bypasses.py")) {
      // A builtin's name that the filler binds may mean that binding.
      const before = (fillers[random(fillers.length)] ?? "").includes("open")
        ? ""
        : (fillers[random(fillers.length)] ?? "");
      if (/\bopen\b/.test(before)) continue;
      assert.ok(validate(`${before}\n${code}`).length > 0, `${name} behind ${before.slice(0, 60)}`);
      assert.ok(validate(`${code}\n${before}`).length > 0, `${name} before ${before.slice(0, 60)}`);
    }
  },
  { timeoutMs: 60_000 },
);

test("time grows with the length, and not with its square", () => {
  const strategy = readCases("benign.py")
    .map(({ code }) => code)
    .join("\n");
  const measure = (copies: number): number => {
    const code = strategy.repeat(copies);
    const times = Array.from({ length: 5 }, () => {
      const startedAt = performance.now();
      validate(code);
      return performance.now() - startedAt;
    });
    return times.sort((left, right) => left - right)[2] ?? 0;
  };
  measure(2);
  const [short, long] = [measure(1), measure(8)];
  assert.ok(long < short * 8 * 4, `${short.toFixed(1)} ms, eight times as long ${long.toFixed(1)} ms`);
});

test.run();
