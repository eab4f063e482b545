import * as assert from "uvu/assert";
import { alertLine } from "../../../../lib/cli/output/alert-line.ts";
import type { MonitorAlert } from "../../../../lib/diagnostics/messages.ts";
import type { RaisedAlert } from "../../../../lib/monitor/alert-feed.ts";
import { captureOutput } from "../../../support/cli.ts";
import { suite } from "../../../support/suite.ts";

const test = suite("lines of alerts");

const at = new Date(2024, 5, 1, 12, 4, 31).getTime();
const lineOf = (alert: RaisedAlert): string =>
  alertLine({ ...alert, at, endpoint: "unix:///x" } as MonitorAlert, captureOutput());

const lines: readonly (readonly [RaisedAlert, string])[] = [
  [{ type: "orphans", names: ["brigbox-a"], removed: 1 }, "12:04:31 ! 1 orphan found, 1 removed: brigbox-a"],
  [
    { type: "orphans", names: ["a", "b", "c", "d", "e", "f", "g"], removed: 0 },
    "12:04:31 ! 7 orphans found, 0 removed: a, b, c, d, e and 2 more",
  ],
  [
    { type: "cleanup-failed", containerName: "brigbox-a", message: "the disk is full" },
    "12:04:31 ! brigbox-a could not be removed: the disk is full",
  ],
  [{ type: "queue-full", executorId: "feed" }, "12:04:31 ! the queue of executor feed is full"],
  [
    { type: "engine-gone", message: "no such socket\u001b[2J" },
    "12:04:31 ! the Engine is gone: no such socket^[[2J",
  ],
  [{ type: "engine-back", goneMs: 10_230 }, "12:04:31 ✔ the Engine is back after 10.2 s"],
];

for (const [alert, line] of lines) test(`${alert.type}: ${line}`, () => assert.is(lineOf(alert), line));

test.run();
