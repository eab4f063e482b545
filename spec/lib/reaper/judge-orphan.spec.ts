import * as assert from "uvu/assert";
import type { Owner, OwnerScope } from "../../../lib/ownership.ts";
import { readFoundContainer } from "../../../lib/reaper/found-container.ts";
import { type HostFacts, judgeOrphan, overdueToleranceMs } from "../../../lib/reaper/judge-orphan.ts";
import {
  hereOwner,
  hereScope,
  type LeftBehind,
  listedContainer,
  noonMs,
  strangers,
} from "../../support/left-behind.ts";
import { suite } from "../../support/suite.ts";

const test = suite("judging whether a container was left behind");

const facts: HostFacts = {
  nowMs: noonMs,
  engineNowMs: noonMs,
  bootedAtMs: noonMs - 86_400_000,
  host: "here",
  scope: hereScope,
  ownerProcess: { kind: "running", startTime: "777" },
};
const dead: Partial<HostFacts> = { ownerProcess: { kind: "gone" } };
const ownerWith = (scope: Partial<OwnerScope>): Owner => ({
  ...hereOwner,
  scope: { ...hereScope, ...scope },
});
const ownerElsewhere: Owner = { ...hereOwner, host: "there" };
const ownerWithoutScope: Owner = { host: "here", pid: 4711, startTime: "777" };
const earlierBoot = ownerWith({ bootId: "99999999-2222-3333-4444-555555555555" });
const dayBeforeBootMs = facts.bootedAtMs - 86_400_000;
const longPastMs = noonMs - overdueToleranceMs - 1;

type Row = readonly [string, LeftBehind, Partial<HostFacts>, "orphan" | "alive" | "unknown", RegExp];

const rows: readonly Row[] = [
  ["a living owner", {}, {}, "alive", /^its owner, process 4711, lives$/],
  ["an owner that is gone", {}, dead, "orphan", /^its owner, process 4711, is gone$/],
  ["a never started container of a dead owner", { state: "created" }, dead, "orphan", /is gone/],
  ["a never started container of a living owner", { state: "created" }, {}, "alive", /lives/],
  [
    "an owner whose id another process has by now",
    {},
    { ownerProcess: { kind: "running", startTime: "778" } },
    "orphan",
    /process 4711 is another one by now/,
  ],
  ["a hidden owner", {}, { ownerProcess: { kind: "hidden" } }, "unknown", /does not show/],
  ["an owner elsewhere", { owner: ownerElsewhere }, dead, "unknown", /process 4711, is on there$/],
  ["an owner without scope", { owner: ownerWithoutScope }, dead, "unknown", /beyond this system's view/],
  ["a dead owner, seen from a host without scope", {}, { ...dead, scope: null }, "unknown", /beyond/],
  [
    "an owner in another pid namespace",
    { owner: ownerWith({ namespaces: "7.1" }) },
    dead,
    "unknown",
    /beyond/,
  ],
  [
    "an owner in another time namespace, where start times differ",
    { owner: ownerWith({ namespaces: "4026531836.7" }) },
    { ownerProcess: { kind: "running", startTime: "1" } },
    "unknown",
    /beyond/,
  ],
  [
    "an owner before a restart of this machine",
    { owner: earlierBoot, createdAtMs: dayBeforeBootMs, deadlineMs: noonMs + 1 },
    {},
    "orphan",
    /this machine was restarted/,
  ],
  [
    "another boot id, but a container younger than this boot: a copy of this machine",
    { owner: earlierBoot },
    dead,
    "unknown",
    /beyond/,
  ],
  [
    "another boot id of another machine with the same name",
    {
      owner: { ...earlierBoot, scope: { ...hereScope, bootId: "9".repeat(36), machine: "f".repeat(16) } },
      createdAtMs: dayBeforeBootMs,
    },
    dead,
    "unknown",
    /beyond/,
  ],
  [
    "another boot id where neither machine has an id, as in a container",
    {
      owner: { ...earlierBoot, scope: { ...hereScope, bootId: "9".repeat(36), machine: null } },
      createdAtMs: dayBeforeBootMs,
    },
    { ...dead, scope: { ...hereScope, machine: null } },
    "unknown",
    /beyond/,
  ],
  [
    "the boot id of now, in another namespace, and a clock that puts the creation before the start",
    {
      owner: ownerWith({ namespaces: "4026531836.7" }),
      createdAtMs: dayBeforeBootMs,
      deadlineMs: noonMs + 1,
    },
    dead,
    "unknown",
    /beyond/,
  ],
  [
    "another boot id where the Engine's clock is unknown",
    { owner: earlierBoot, createdAtMs: dayBeforeBootMs, deadlineMs: noonMs + 1 },
    { engineNowMs: null },
    "unknown",
    /beyond/,
  ],
  [
    "another boot id, and a creation that only the Engine's slow clock puts before the restart",
    { owner: earlierBoot, createdAtMs: facts.bootedAtMs - 3_600_000 },
    { engineNowMs: noonMs - 7_200_000 },
    "unknown",
    /beyond/,
  ],
];

const overdue: LeftBehind = { deadlineMs: longPastMs, createdAtMs: noonMs - 3_600_000 };

const ofDeadlines: readonly Row[] = [
  [
    "a deadline that is just past",
    { ...overdue, owner: ownerElsewhere, deadlineMs: noonMs - 1 },
    {},
    "unknown",
    /on there/,
  ],
  [
    "a deadline at the tolerance",
    { ...overdue, owner: ownerElsewhere, deadlineMs: longPastMs + 1 },
    {},
    "unknown",
    /on there/,
  ],
  [
    "a deadline long past, elsewhere",
    { ...overdue, owner: ownerElsewhere },
    {},
    "orphan",
    /^it is 5 min past/,
  ],
  ["a deadline long past, without scope", { ...overdue, owner: ownerWithoutScope }, {}, "orphan", /past/],
  ["a deadline long past, though the owner lives", overdue, {}, "orphan", /5 min past its deadline/],
  ["a dead owner and a deadline long past", overdue, dead, "orphan", /is gone/],
  [
    "a deadline long past by this host's clock alone",
    { ...overdue, owner: ownerElsewhere },
    { engineNowMs: noonMs - 2 },
    "unknown",
    /there/,
  ],
  [
    "a deadline long past by the Engine's clock alone",
    { ...overdue, owner: ownerElsewhere },
    { nowMs: noonMs - 2 },
    "unknown",
    /there/,
  ],
  [
    "a deadline long past, and an Engine that tells no time",
    { ...overdue, owner: ownerElsewhere },
    { engineNowMs: null },
    "unknown",
    /there/,
  ],
  [
    "a deadline before the creation: clocks that contradict each other",
    { ...overdue, owner: ownerElsewhere, createdAtMs: longPastMs + 1000 },
    {},
    "unknown",
    /there/,
  ],
];

for (const [name, container, change, verdict, reason] of [...rows, ...ofDeadlines]) {
  test(`${name}: ${verdict}`, () => {
    const judgement = judgeOrphan(readFoundContainer(listedContainer(container)), { ...facts, ...change });
    assert.is(judgement.verdict, verdict, judgement.reason);
    assert.match(judgement.reason, reason);
  });
}

for (const [name, listed] of strangers) {
  test(`a container with ${name} is never judged, dead owner and past deadline or not`, () => {
    const long = { ...facts, ...dead, nowMs: noonMs + 1e9, engineNowMs: noonMs + 1e9 };
    assert.is(judgeOrphan(readFoundContainer(listed), long).verdict, "unknown");
  });
}

test("a container whose time of creation is unknown is not judged by its deadline", () => {
  const listed = { ...listedContainer({ ...overdue, owner: ownerElsewhere }), Created: null };
  assert.is(judgeOrphan(readFoundContainer(listed), facts).verdict, "unknown");
});

test.run();
