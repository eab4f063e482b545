import * as assert from "uvu/assert";
import { inTurn, json, late } from "../../../engine-api/testing/mod.ts";
import { createFollower, type EngineGreeting } from "../../../lib/monitor/follow-containers.ts";
import { createLiveContainers } from "../../../lib/monitor/live-containers.ts";
import { eventually } from "../../support/eventually.ts";
import { listedContainer, runIdOf } from "../../support/left-behind.ts";
import { type PlayedEngine, playEngine } from "../../support/monitor/played-engine.ts";
import { suite } from "../../support/suite.ts";
import { withClient } from "../../support/with-engine.ts";

const test = suite("following the containers of an Engine");

const container = (run: number) => listedContainer({ runId: runIdOf(run) });

interface Followed {
  readonly engine: PlayedEngine;
  readonly requests: readonly { readonly url: string }[];
  readonly changes: readonly string[];
  readonly greetings: readonly EngineGreeting[];
  isFollowed(): boolean;
  losses(): number;
}

async function followed(engine: PlayedEngine, body: (followed: Followed) => Promise<void>): Promise<void> {
  await withClient(engine.routes, async (client, { requests }) => {
    const closing = new AbortController();
    const changes: string[] = [];
    const greetings: EngineGreeting[] = [];
    let [isFollowed, losses] = [false, 0];
    const live = createLiveContainers(({ name, from, to }) =>
      changes.push(`${Number.parseInt(name.slice(8), 16)}: ${from} ${to}`),
    );
    const following = createFollower(client, live, {
      withLabels: ["mine=1"],
      now: Date.now,
      onGreeting: (greeting) => greetings.push(greeting),
      onFollowed: (isNow) => {
        isFollowed = isNow;
      },
      onLost: () => losses++,
    }).follow(closing.signal);
    try {
      const known = { engine, requests, changes, greetings };
      await body({ ...known, isFollowed: () => isFollowed, losses: () => losses });
    } finally {
      closing.abort();
      await following;
    }
    assert.not(isFollowed);
  });
}

test("what is there is listed, and what happens then is followed, of our containers alone", () =>
  followed(playEngine([container(1)]), async ({ engine, changes, isFollowed, requests, greetings }) => {
    await eventually(() => isFollowed() && engine.followers() === 1);
    engine.tell("create", container(2));
    engine.tell("start", container(2));
    await eventually(() => changes.length === 3);
    assert.equal(changes, ["1: null running", "2: null created", "2: created running"]);
    for (const path of ["/containers/json", "/events"]) {
      const { url } = requests.find((request) => request.url.includes(path)) ?? { url: "" };
      const filters = JSON.parse(new URL(url, "http://engine").searchParams.get("filters") ?? "");
      assert.equal(filters.label, ["brigbox.run", "mine=1"]);
    }
    assert.is(greetings[0]?.version, "1.2.3");
    assert.ok(Math.abs(greetings[0]?.clockSkewMs ?? 1e9) < 5000);
  }));

test("events are asked for from a moment of the Engine's own clock before its list, so that none is missed", () => {
  const engine = playEngine();
  engine.clockSkewMs = -3_600_000;
  return followed(engine, async ({ isFollowed, greetings }) => {
    await eventually(() => isFollowed() && engine.sinces.length === 1);
    const engineNow = Date.now() - 3_600_000;
    assert.ok(Math.abs((engine.sinces[0] ?? 0) * 1000 - engineNow) < 60_000, `${engine.sinces[0]}`);
    assert.ok(Math.abs((greetings[0]?.clockSkewMs ?? 0) + 3_600_000) < 60_000);
  });
});

test("after a cut it goes on: what happened meanwhile is told, and nothing twice", () =>
  followed(playEngine(), async ({ engine, changes, isFollowed, losses }) => {
    await eventually(() => isFollowed() && engine.followers() === 1);
    engine.tell("create", container(1));
    await eventually(() => changes.length === 1);
    engine.cut();
    // Came and went while nobody listened.
    for (const action of ["create", "start", "die", "destroy"]) engine.tell(action, container(2));
    engine.listed = [container(1)];
    await eventually(() => engine.sinces.length === 2 && isFollowed());
    engine.tell("destroy", container(1));
    await eventually(
      () => changes.at(-1)?.endsWith("null") === true && changes.at(-1)?.startsWith("1") === true,
    );
    assert.equal(
      changes.filter((change) => change.startsWith("2")),
      ["2: null created", "2: created running", "2: running exited", "2: exited null"],
    );
    assert.equal(
      changes.filter((change) => change.startsWith("1: null")),
      ["1: null created"],
    );
    assert.is(losses(), 1);
  }));

test("what the Engine sends again takes nothing of its list back", () => {
  const engine = playEngine();
  const { "GET /events": events = json(500, {}) } = engine.routes;
  // So that the list is there before them.
  const routes = { ...engine.routes, "GET /events": late(100, events) };
  return followed(Object.assign(engine, { routes }), async ({ changes, isFollowed }) => {
    await eventually(() => isFollowed() && engine.followers() === 1);
    for (const action of ["create", "start", "die"]) engine.tell(action, container(1));
    await eventually(() => changes.length === 3);
    engine.listed = [listedContainer({ runId: runIdOf(1), state: "removing" })];
    engine.cut();
    await eventually(() => isFollowed() && engine.sinces.length === 2 && engine.followers() === 1);
    engine.tell("create", container(2));
    await eventually(() => changes.includes("2: null created"));
    assert.equal(changes.slice(3), ["1: exited removing", "2: null created"]);
  });
});

test("an Engine that forgot its events is believed by its list", () =>
  followed(playEngine([container(1), container(2)]), async ({ engine, changes, isFollowed }) => {
    await eventually(() => isFollowed() && engine.followers() === 1);
    engine.listed = [container(2), container(3)];
    engine.cut();
    await eventually(() => changes.includes("1: running null") && changes.includes("3: null running"));
  }));

test("where the list is refused it begins again", () => {
  const engine = playEngine([container(1)]);
  const refusing = inTurn(
    json(500, { message: "busy" }),
    json(200, { not: "a list" }),
    json(200, engine.listed),
  );
  const routes = { ...engine.routes, "GET /containers/json": refusing };
  return followed({ ...engine, routes }, async ({ changes, losses }) => {
    await eventually(() => changes.length === 1);
    assert.is(losses(), 2);
  });
});

test.run();
