import * as assert from "uvu/assert";
import type { EngineEvent } from "../../../engine-api/mod.ts";
import { createLiveContainers, type MonitoredChange } from "../../../lib/monitor/live-containers.ts";
import { containerName, poolLabel, sessionLabel } from "../../../lib/ownership.ts";
import { listedContainer, runIdOf, strangers } from "../../support/left-behind.ts";
import { suite } from "../../support/suite.ts";

const test = suite("the live list of containers");

type Listed = Record<string, unknown>;
const container = (run: number, state = "running"): Listed => listedContainer({ runId: runIdOf(run), state });

function event(
  Action: string,
  listed: Listed,
  attributes: Record<string, string> = {},
  timeNano?: number,
): EngineEvent {
  const [name = ""] = listed["Names"] as string[];
  const labels = listed["Labels"] as Record<string, string>;
  const Attributes = { ...labels, name: name.slice(1), image: "brigbox/python:3", ...attributes };
  const Actor = { ID: listed["Id"] as string, Attributes };
  const at = timeNano === undefined ? {} : { timeNano };
  return { Type: "container", Action, Actor, time: 1_717_243_200, ...at };
}

function startList(...listed: readonly Listed[]) {
  const changes: MonitoredChange[] = [];
  const live = createLiveContainers((change) => changes.push(change));
  live.beginList()(listed);
  return {
    live,
    changes,
    states: () => live.all().map(({ found }) => `${Number.parseInt(found.name.slice(8), 16)} ${found.state}`),
    told: () => changes.splice(0).map(({ from, to }) => `${from} ${to}`),
  };
}

test("a container goes through its life by what is told, and each change is told on", () => {
  const { live, states, told } = startList();
  const one = container(1);
  for (const action of [
    "create",
    "attach",
    "start",
    "pause",
    "unpause",
    "exec_create: sh -c true",
    "kill",
    "oom",
    "die",
  ])
    live.apply(event(action, one));
  assert.equal(states(), ["1 exited"]);
  live.apply(event("destroy", one));
  assert.equal(states(), []);
  assert.equal(told(), [
    "null created",
    "created running",
    "running paused",
    "paused running",
    "running exited",
    "exited null",
  ]);
});

test("one that was created is known by its labels, as one that was listed", () => {
  const { live } = startList(container(1));
  const labels = { [poolLabel]: "feed", [sessionLabel]: "beef" };
  const other = listedContainer({ runId: runIdOf(2), labels });
  live.apply(event("create", other));
  const [listed, created] = live.all();
  assert.equal(created?.found.claim, { ...listed?.found.claim, runId: runIdOf(2) });
  assert.is(created?.found.createdAtMs, 1_717_243_200_000);
  assert.equal([created?.poolId, created?.sessionId], ["feed", "beef"]);
  assert.equal([listed?.poolId, listed?.sessionId], [null, null]);
});

test("what happens while the Engine makes its list is applied to it again", () => {
  const { live, states } = startList(container(1, "created"));
  const take = live.beginList();
  live.apply(event("start", container(1)));
  live.apply(event("create", container(2)));
  live.apply(event("create", container(3)));
  live.apply(event("destroy", container(3)));
  assert.equal(states(), ["1 running", "2 created"]);
  // Made before all of that, and here after it.
  take([container(1, "created"), container(3, "running")]);
  assert.equal(states(), ["1 running", "2 created"]);
});

test("a list that never came changes nothing", () => {
  const { live, states } = startList(container(1));
  live.beginList()(null);
  assert.equal(states(), ["1 running"]);
});

test("a new list tells what came, what changed and what went unseen", () => {
  const { live, told, states } = startList(container(1), container(2), container(3));
  told();
  live.beginList()([container(2, "removing"), container(3), container(4)]);
  assert.equal(told().sort(), ["null running", "running null", "running removing"]);
  assert.equal(states(), ["2 removing", "3 running", "4 running"]);
});

test("events that overtake one another change nothing back, and none brings back what is gone", () => {
  const { live, states } = startList();
  live.apply(event("create", container(1), {}, 1e18));
  live.apply(event("die", container(1), {}, 1e18 + 2e6));
  live.apply(event("kill", container(1), {}, 1e18 + 9e6));
  live.apply(event("start", container(1), {}, 1e18 + 1e6));
  assert.equal(states(), ["1 exited"]);
  live.beginList()([container(1, "exited")]);
  live.apply(event("unpause", container(1), {}, 1e18 + 1e6));
  assert.equal(states(), ["1 exited"]);
  live.apply(event("destroy", container(1), {}, 1e18 + 4e6));
  live.apply(event("die", container(1), {}, 1e18 + 2e6));
  live.apply(event("create", container(1), {}, 1e18 + 5e6));
  assert.equal(states(), []);
});

test("an event with a name that objects have anyway is like any other", () => {
  const { live, states } = startList(container(1));
  for (const action of ["constructor", "toString", "__proto__"]) live.apply(event(action, container(1)));
  assert.equal(states(), ["1 running"]);
});

test("what was told twice changes nothing the second time", () => {
  const { live, told } = startList();
  for (let time = 0; time < 2; time++) live.apply(event("create", container(1)));
  assert.equal(told(), ["null created"]);
});

test("one whose making was missed is known from what is told next", () => {
  const { live, states } = startList();
  live.apply(event("kill", container(1)));
  assert.equal(states(), []);
  live.apply(event("start", container(1)));
  assert.equal(states(), ["1 running"]);
});

test("one that is renamed is no more certainly ours, and becomes ours again with its name", () => {
  const { live } = startList(container(1));
  live.apply(event("rename", container(1), { name: "customer-database" }));
  assert.equal(
    live.all().map(({ found }) => [found.name, found.claim]),
    [["customer-database", null]],
  );
  live.apply(event("rename", container(1), { name: containerName(runIdOf(1)) }));
  assert.is(live.all()[0]?.found.claim?.runId, runIdOf(1));
});

test("strangers are listed without a claim, and what has no id is left out", () => {
  const { live } = startList(...strangers.map(([, stranger]) => stranger), { Id: "../x" }, { Labels: 5 });
  const [only, ...others] = live.all();
  assert.equal([only?.found.claim, others.length], [null, 0], "they all have one id");
  live.apply({ Action: "create", Actor: { ID: "<script>", Attributes: {} } } as EngineEvent);
  live.apply({ Action: "create" } as EngineEvent);
  live.apply({} as EngineEvent);
  assert.is(live.all().length, 1);
});

test("an id of a pool or a session that is none is left out", () => {
  const { live } = startList(
    listedContainer({ labels: { [poolLabel]: "<b>", [sessionLabel]: "x".repeat(99) } }),
  );
  assert.equal([live.all()[0]?.poolId, live.all()[0]?.sessionId], [null, null]);
});

test("no more than 10,000 are kept in mind", () => {
  const { live } = startList(...Array.from({ length: 10_050 }, (_, run) => container(run + 1)));
  assert.is(live.all().length, 10_000);
  live.apply(event("create", container(20_000)));
  assert.is(live.all().length, 10_000);
  live.apply(event("die", container(1)));
  assert.is(live.all()[0]?.found.state, "exited");
});

test.run();
