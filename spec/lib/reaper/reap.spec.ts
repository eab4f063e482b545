import * as assert from "uvu/assert";
import { empty, json, type Routes } from "../../../engine-api/testing/mod.ts";
import { type ReapedContainer, reap } from "../../../lib/reaper/reap.ts";
import { playHost, runIdOf, strangers } from "../../support/left-behind.ts";
import {
  dead,
  deadOwner,
  elsewhere,
  idOf,
  living,
  orders,
  outcomes,
  reapHere,
  withContainers,
} from "../../support/reap-engine.ts";
import { suite } from "../../support/suite.ts";

const test = suite("the reaper");

test("the containers of the dead go, those of the living and of strangers stay", async () => {
  const listed = [dead(1), living(2), elsewhere(3), ...strangers.map(([, stranger]) => stranger)];
  await withContainers(listed, async (client, engine) => {
    const { containers, clockSkewMs } = await reapHere(client);
    assert.is(clockSkewMs, 0);
    assert.equal(outcomes(containers), [
      "orphan removed",
      "alive kept",
      ...Array(1 + strangers.length).fill("unknown kept"),
    ]);
    assert.equal(orders(engine), [`DELETE /containers/${idOf(1)}?force=false&v=true`]);
  });
});

test("each container is told with its run, owner, age, reason and cleanup", async () => {
  await withContainers([dead(1)], async (client) => {
    const { containers } = await reapHere(client);
    const { cleanup, ...rest } = containers[0] as ReapedContainer;
    assert.equal(rest, {
      id: idOf(1),
      name: `brigbox-${runIdOf(1)}`,
      state: "running",
      runId: runIdOf(1),
      owner: deadOwner,
      ageMs: 60_000,
      verdict: "orphan",
      reason: "its owner, process 1234, is gone",
      outcome: "removed",
    });
    assert.equal([cleanup?.strategy, cleanup?.isConfirmed], ["remove", true]);
  });
});

test("a dry run orders nothing, and tells what would go", async () => {
  await withContainers([dead(1), living(2), elsewhere(3)], async (client, engine) => {
    const plain = await reapHere(client, { dryRun: true });
    assert.equal(outcomes(plain.containers), ["orphan would-remove", "alive kept", "unknown kept"]);
    const all = await reapHere(client, { dryRun: true, all: true });
    assert.equal(outcomes(all.containers), [
      "orphan would-remove",
      "alive would-remove",
      "unknown would-remove",
    ]);
    assert.equal(orders(engine), []);
  });
});

test("all takes the living and those elsewhere too, and nothing that is not certainly ours", async () => {
  const listed = [living(1), ...strangers.map(([, stranger]) => stranger), elsewhere(2)];
  await withContainers(listed, async (client, engine) => {
    await reapHere(client, { all: true, concurrency: 1 });
    assert.equal(
      orders(engine).map((order) => order.replace(/\?.*/, "")),
      [`DELETE /containers/${idOf(1)}`, `DELETE /containers/${idOf(2)}`],
    );
  });
});

test("only containers with our label, and the labels asked for, are listed, in every state", async () => {
  await withContainers([], async (client, engine) => {
    assert.equal(await reapHere(client, { withLabels: ["mine=1"] }), { containers: [], clockSkewMs: null });
    const { searchParams } = new URL(engine.requests.at(-1)?.url ?? "", "http://engine");
    assert.is(searchParams.get("all"), "true");
    assert.equal(JSON.parse(searchParams.get("filters") ?? ""), { label: ["brigbox.run", "mine=1"] });
  });
});

const removals: readonly (readonly [string, Routes, readonly string[]])[] = [
  [
    "is being removed by another (409)",
    { DELETE: json(409, { message: `removal of container x is already in progress` }) },
    ["DELETE"],
  ],
  [
    "runs, and goes by force",
    {
      DELETE: (exchange) =>
        exchange.request.url.includes("force=true")
          ? empty(204)(exchange)
          : json(409, { message: "You cannot remove a running container" })(exchange),
    },
    ["DELETE", "DELETE"],
  ],
];

for (const [name, { DELETE: answer }, expected] of removals) {
  test(`an orphan that ${name} counts as removed`, async () => {
    const routes: Routes = answer === undefined ? {} : { [`DELETE /containers/${idOf(1)}`]: answer };
    await withContainers(
      [dead(1)],
      async (client, engine) => {
        const { containers } = await reapHere(client);
        assert.equal(outcomes(containers), ["orphan removed"]);
        assert.equal(
          orders(engine).map((order) => order.split(" ")[0]),
          expected,
        );
      },
      routes,
    );
  });
}

test("what no strategy removes has failed, with the Engine's words, and the others still go", async () => {
  const broken = json(500, { message: "driver failed to remove root filesystem" });
  await withContainers(
    [dead(1), dead(2)],
    async (client, engine) => {
      const { containers } = await reapHere(client);
      assert.equal(outcomes(containers), ["orphan failed", "orphan removed"]);
      const attempts = containers[0]?.cleanup?.attempts ?? [];
      assert.equal(
        attempts.map(({ strategy }) => strategy),
        ["remove", "force-remove", "kill-remove"],
      );
      assert.match(attempts.at(-1)?.message ?? "", /driver failed/);
      assert.ok(orders(engine).some((order) => order.startsWith(`POST /containers/${idOf(1)}/kill`)));
    },
    { [`DELETE /containers/${idOf(1)}`]: broken },
  );
});

test("one that only the Engine's list still has is nothing that was removed", async () => {
  await withContainers(
    [dead(1), dead(2)],
    async (client, engine) => {
      const { containers } = await reapHere(client);
      assert.equal(
        containers.map(({ id }) => id),
        [idOf(2)],
      );
      assert.is(orders(engine).length, 2);
    },
    { [`DELETE /containers/${idOf(1)}`]: json(404, { message: "no such container" }) },
  );
});

test("a removal that is not confirmed has failed", async () => {
  await withContainers(
    [dead(1)],
    async (client) => assert.equal(outcomes((await reapHere(client)).containers), ["orphan failed"]),
    { [`GET /containers/${idOf(1)}/json`]: json(500, { message: "the disk is full" }) },
  );
});

test("not more are removed at a time than was asked for, and the report keeps the Engine's order", async () => {
  let now = 0;
  let most = 0;
  const listed = Array.from({ length: 9 }, (_, index) => dead(index + 1));
  await withContainers(
    listed,
    async (client) => {
      const { containers } = await reapHere(client, { concurrency: 3 });
      assert.is(most, 3);
      assert.equal(
        containers.map(({ id }) => id),
        listed.map(({ Id }) => Id),
      );
    },
    {
      "*": async (exchange) => {
        if (exchange.request.method === "GET") return json(404, { message: "gone" })(exchange);
        most = Math.max(most, ++now);
        await new Promise((resolve) => setTimeout(resolve, 20));
        now--;
        return empty(204)(exchange);
      },
    },
  );
});

test("an owner is looked up when its container's turn comes, not before", async () => {
  const seen: string[] = [];
  const host = playHost({
    lookUp: (pid) => {
      seen.push(`look up ${pid}`);
      return { kind: "gone" };
    },
  });
  await withContainers(
    [dead(1), living(2)],
    async (client) => {
      await reap(client, { host, concurrency: 1 });
      assert.equal(seen, ["look up 1234", "remove", "look up 4711", "remove"]);
    },
    {
      "*": (exchange) => {
        if (exchange.request.method === "GET") return json(404, { message: "gone" })(exchange);
        seen.push("remove");
        return empty(204)(exchange);
      },
    },
  );
});

test.run();
