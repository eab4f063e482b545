import * as assert from "uvu/assert";
import { type Substitution, substitute } from "../../../lib/config/substitute.ts";
import { suite } from "../../support/suite.ts";

const test = suite("variables in texts");

const environment = { LIMIT: "2GiB", EMPTY: "", NESTED: "$" + "{LIMIT}", lower_1: "x" };
const dollar = "$";

const good: readonly (readonly [string, string, readonly string[]])[] = [
  ["plain", "plain", []],
  [`${dollar}{LIMIT}`, "2GiB", ["LIMIT"]],
  [`a ${dollar}{LIMIT} b ${dollar}{lower_1}`, "a 2GiB b x", ["LIMIT", "lower_1"]],
  [`${dollar}{NOPE:-fallback}`, "fallback", ["NOPE"]],
  [`${dollar}{NOPE:-}`, "", ["NOPE"]],
  [`${dollar}{EMPTY:-fallback}`, "fallback", ["EMPTY"]],
  [`${dollar}{EMPTY}`, "", ["EMPTY"]],
  [`${dollar}{LIMIT:-fallback}`, "2GiB", ["LIMIT"]],
  [`${dollar}{NOPE:-a:-b c}`, "a:-b c", ["NOPE"]],
  [`${dollar}${dollar}{LIMIT}`, `${dollar}{LIMIT}`, []],
  [`${dollar}{NESTED}`, `${dollar}{LIMIT}`, ["NESTED"]],
  [`${dollar}LIMIT costs 5${dollar}`, `${dollar}LIMIT costs 5${dollar}`, []],
];

for (const [text, expected, variables] of good) {
  test(`${text} is ${JSON.stringify(expected)}`, () => {
    const found: Substitution = substitute(text, environment);
    const wanted: Substitution =
      variables.length === 0
        ? { kind: "plain", text: expected }
        : { kind: "substituted", text: expected, variables };
    assert.equal(found, wanted);
  });
}

const bad: readonly (readonly [string, RegExp])[] = [
  [`${dollar}{NOPE}`, /the variable NOPE is not set; set it, or write \$\{NOPE:-default\}/],
  [`${dollar}{}`, /begins no variable/],
  [`${dollar}{LIMIT`, /begins no variable/],
  [`${dollar}{1X}`, /begins no variable/],
  [`${dollar}{LIMIT-x}`, /begins no variable/],
  [`${dollar}{constructor}`, /the variable constructor is not set/],
];

for (const [text, message] of bad) {
  test(`${text} is a fault`, () => {
    const found = substitute(text, environment);
    assert.is(found.kind, "fault");
    assert.match(found.kind === "fault" ? found.message : "", message);
  });
}

test.run();
