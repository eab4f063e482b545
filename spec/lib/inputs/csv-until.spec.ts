import * as assert from "uvu/assert";
import { ConfigError } from "../../../lib/errors.ts";
import { csvUntil } from "../../../lib/inputs/csv-until.ts";
import { parseDay } from "../../../lib/inputs/parse-day.ts";
import { errorOf } from "../../support/catch-error.ts";
import { suite } from "../../support/suite.ts";

const test = suite("rows of a CSV up to a day");
const until = { column: "date", day: "2006-12-31" };
const cut = (text: string, how = until): string =>
  new TextDecoder().decode(csvUntil(new TextEncoder().encode(text), "prices", how));

const days: readonly (readonly [string, string | null])[] = [
  ["2006-12-31", "2006-12-31"],
  ["2006-12-31T23:59:00Z", "2006-12-31"],
  ["2006-12-31 00:00", "2006-12-31"],
  ["Dec 1 2006", "2006-12-01"],
  ["December 31, 2006", "2006-12-31"],
  ["Feb 29 2004", "2004-02-29"],
  ["Feb 30 2004", null],
  ["2006-13-01", null],
  ["2006-1-1", null],
  ["Foo 1 2006", null],
  ["31.12.2006", null],
  ["", null],
];
for (const [text, day] of days) test(`"${text}" is ${day ?? "no day"}`, () => assert.is(parseDay(text), day));

test("rows up to the day stay as they were written, that day included", () => {
  const text = 'symbol,date,note\nA,Dec 31 2006,"a,\n""b"""\nB,2007-01-01,x\nC,2006-01-01,ü';
  assert.is(cut(text), 'symbol,date,note\nA,Dec 31 2006,"a,\n""b"""\nC,2006-01-01,ü\n');
});

test("without rows the header stays", () => assert.is(cut("date,x\n2010-01-01,1\n"), "date,x\n"));

const bad: readonly (readonly [string, string, RegExp])[] = [
  ["no such column", "day,x\n2006-01-01,1\n", /no column "date" \(line 1\)/],
  ["a row without a day", "date,x\n2006-01-01,1\nsoon,2\n", /"date" holds no day \(line 3\)/],
  ["no CSV", 'date,x\n"2006-01-01,1\n', /the file is not CSV/],
];
for (const [name, text, message] of bad) {
  test(`${name} is refused`, () => {
    const error = errorOf(() => cut(text));
    assert.instance(error, ConfigError);
    assert.match(error.message, message);
  });
}

test.run();
