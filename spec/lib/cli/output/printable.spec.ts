import * as assert from "uvu/assert";
import { printable, printableLine } from "../../../../lib/cli/output/printable.ts";
import { suite } from "../../../support/suite.ts";

const test = suite("printable text");

const cases: readonly (readonly [string, string, string])[] = [
  ["plain text stays", "plain", "plain"],
  ["tabs and line ends stay", "a\tb\nc", "a\tb\nc"],
  ["letters of any script stay", "Ünïcödé 漢字 🎉", "Ünïcödé 漢字 🎉"],
  ["an escape sequence cannot colour", "\u001b[31mred", "^[[31mred"],
  ["the clipboard cannot be written", "\u001b]52;c;aGk=\u0007", "^[]52;c;aGk=^G"],
  ["a carriage return cannot overwrite", "safe\rbad", "safe^Mbad"],
  ["a backspace cannot erase", "a\bb", "a^Hb"],
  ["NUL is shown", "\u0000", "^@"],
  ["DEL is shown", "\u007f", "\\u{7f}"],
  ["one-letter control sequences are shown", "\u009b31m", "\\u{9b}31m"],
  ["the direction of writing cannot be turned", "a\u202eb\u2066c", "a\\u{202e}b\\u{2066}c"],
];

for (const [name, text, expected] of cases) {
  test(name, () => assert.is(printable(text), expected));
}

test("a line has one line and a length", () => {
  assert.is(printableLine("a\nb\tc", 80), "a\\nb c");
  assert.is(printableLine("abcdef", 4), "abc…");
  assert.is(printableLine("abcd", 4), "abcd");
});

test.run();
