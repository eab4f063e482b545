import * as assert from "uvu/assert";
import { takeCodeBlock } from "../../../../lib/loop/propose/code-block.ts";
import { feedbackPrompt, systemPrompt } from "../../../../lib/loop/propose/prompt.ts";
import { suite } from "../../../support/suite.ts";

const test = suite("what a model is told, and what is taken from its answer");

const answers: readonly (readonly [string, string, string | null])[] = [
  ["a block", "a\n```python\nx = 1\n```\nb", "x = 1\n"],
  ["a block with another name", "```py\nx\n```", "x\n"],
  ["tildes", "~~~python\nx\n~~~", "x\n"],
  ["the python one of several", "```json\n{}{}{}{}\n```\n```python\nx\n```", "x\n"],
  ["the longest where none says python", "```\na\n```\n```\nbb\n```", "bb\n"],
  ["fences inside of a longer one", "````python\n'''\n```\n'''\n````", "'''\n```\n'''\n"],
  ["line ends of Windows", "```python\r\nx\r\ny\r\n```\r\n", "x\ny\n"],
  ["nothing", "", null],
  ["an empty block", "```python\n\n```", null],
  ["a block that was cut", "```python\nx = 1\n", null],
];
for (const [name, answer, code] of answers)
  test(`${name} is understood`, () => assert.is(takeCodeBlock(answer), code));

const candidate = (code: string) => ({ index: 0, id: "", code, meta: null });

test("a fence is longer than all in the code, so the code cannot get out of it", () => {
  const champions = [{ ...candidate("x = '''\n```\n````\n'''"), score: 1 }];
  assert.match(
    feedbackPrompt({ champions, failures: [] }),
    /\n`````python\nx = '''\n```\n````\n'''\n`````\n/,
  );
});

test("it is capped, however much there is to tell", () => {
  const long = "x".repeat(100_000);
  const champions = Array.from({ length: 50 }, () => ({ ...candidate(long), score: 1 }));
  const failure = { status: "error", message: long, exceptionType: long, line: 1, violations: [] } as const;
  const failures = Array.from({ length: 50 }, () => ({ ...candidate(long), failure }));
  assert.ok(feedbackPrompt({ champions, failures }).length <= 60_000);
});

test("a failure tells verdict, type, line, and what to write instead", () => {
  const violations = [{ rule: "R1" as const, line: 2, message: 'the import of "os" is refused' }];
  const failure = {
    status: "error" as const,
    message: "bad",
    exceptionType: "ValueError",
    line: 7,
    violations,
  };
  const told = feedbackPrompt({ champions: [], failures: [{ ...candidate("import os"), failure }] });
  assert.match(
    told,
    'error (line 7): ValueError: bad\n- line 2: the import of "os" is refused\n```python\nimport os\n```',
  );
  assert.match(told, /^There is no candidate with a score yet\./);
});

test("the task comes first", () =>
  assert.match(systemPrompt(" Do it.\n"), /^Do it\.\n\nAnswer with one whole Python program/));

test.run();
