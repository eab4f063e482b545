import * as assert from "uvu/assert";
import { type LogChoice, resolveLogChoice } from "../../../../lib/cli/logging/log-choice.ts";
import { runCommand } from "../../../support/cli.ts";
import { suite } from "../../../support/suite.ts";

const test = suite("what is to be logged");

type Given = Parameters<typeof resolveLogChoice>;

const choices: readonly (readonly [string, Given[0], Given[1], LogChoice])[] = [
  ["nothing by default", {}, {}, { level: "silent", format: "text" }],
  ["a level", { logLevel: "trace" }, {}, { level: "trace", format: "text" }],
  ["a format alone, which means to see something", { log: "json" }, {}, { level: "info", format: "json" }],
  ["both", { logLevel: "warn", log: "json" }, {}, { level: "warn", format: "json" }],
  [
    "silence in spite of a format",
    { logLevel: "silent", log: "json" },
    {},
    { level: "silent", format: "json" },
  ],
  ["variables", {}, { BRIGBOX_LOG_LEVEL: "debug", BRIGBOX_LOG: "json" }, { level: "debug", format: "json" }],
  [
    "flags before variables",
    { logLevel: "error", log: "text" },
    { BRIGBOX_LOG_LEVEL: "debug", BRIGBOX_LOG: "json" },
    { level: "error", format: "text" },
  ],
  [
    "empty variables, which count as none",
    {},
    { BRIGBOX_LOG_LEVEL: "", BRIGBOX_LOG: "" },
    { level: "silent", format: "text" },
  ],
];

for (const [name, flags, env, choice] of choices) {
  test(`understands ${name}`, () => assert.equal(resolveLogChoice(flags, env), choice));
}

const mistakes: readonly (readonly [string, readonly string[], Readonly<Record<string, string>>, RegExp])[] =
  [
    [
      "a level",
      ["--log-level", "loud"],
      {},
      /'loud' is invalid\. Allowed choices are silent, error, warn, info, debug, trace; see/,
    ],
    ["a format", ["--log", "xml"], {}, /'xml' is invalid\. Allowed choices are text, json; see/],
    [
      "a variable's level",
      [],
      { BRIGBOX_LOG_LEVEL: "loud" },
      /variable BRIGBOX_LOG_LEVEL must be one of silent, error,/,
    ],
    ["a variable's format", [], { BRIGBOX_LOG: "xml" }, /variable BRIGBOX_LOG must be one of text, json/],
  ];

for (const [name, flags, env, message] of mistakes) {
  test(`${name} that is none is a mistake of usage, before anything is done`, async () => {
    const { exitCode, out, err } = await runCommand(["config", "print", ...flags], { env });
    assert.is(exitCode, 2);
    assert.match(err, message);
    assert.is(out, "");
  });
}

test.run();
