import * as assert from "uvu/assert";
import { toJsonLine, toTextLine } from "../../../../lib/cli/logging/format-entry.ts";
import type { LogEntry } from "../../../../lib/cli/logging/log-entry.ts";
import { suite } from "../../../support/suite.ts";

const test = suite("lines of a log");

const entry: LogEntry = {
  level: "info",
  at: Date.UTC(2026, 0, 31, 12),
  event: "run:end",
  text: "run a: ok",
  fields: { runId: "a", durationMs: 1.23456789, count: 3, nested: { ms: 0.1 + 0.2 } },
};
const esc = String.fromCharCode(27);

test("a line for people has time, level and text", () => {
  assert.is(toTextLine(entry, { hasColour: false }), "2026-01-31T12:00:00.000Z info  run a: ok\n");
});

test("levels have colours where the output has", () => {
  assert.match(toTextLine({ ...entry, level: "warn" }, { hasColour: true }), `${esc}[33mwarn ${esc}[39m`);
});

test("what strangers wrote stays in its line, and cannot play with the terminal", () => {
  const line = toTextLine({ ...entry, text: `a\nb${esc}[2J` }, { hasColour: false });
  assert.is(line, "2026-01-31T12:00:00.000Z info  a\\nb^[[2J\n");
  assert.is(toJsonLine({ ...entry, text: "a\nb" }).split("\n").length, 2);
});

test("a line for programs is an object with these keys first, and numbers that can be read", () => {
  const line = toJsonLine(entry);
  assert.is(
    line,
    '{"level":"info","time":1769860800000,"event":"run:end","msg":"run a: ok","runId":"a","durationMs":1.235,"count":3,"nested":{"ms":0.3}}\n',
  );
});

test("no line is endless", () => {
  const endless = { ...entry, text: "x".repeat(1e6), fields: { message: "y".repeat(1e6) } };
  assert.ok(toTextLine(endless, { hasColour: false }).length < 3000);
  assert.ok(toJsonLine(endless).length < 6000);
});

test.run();
