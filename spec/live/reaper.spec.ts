import * as assert from "uvu/assert";
import { containerExists, createClient, type EngineClient } from "../../engine-api/mod.ts";
import { createExecutor } from "../../lib/executor.ts";
import { currentOwner, labels, newRunId } from "../../lib/ownership.ts";
import type { HostView } from "../../lib/reaper/host-view.ts";
import { type ReapOptions, type ReapReport, reap } from "../../lib/reaper/reap.ts";
import { createSweeper } from "../../lib/reaper/sweeper.ts";
import { runCommand } from "../support/cli.ts";
import { findFault, killRounds, summarize } from "../support/kill-host/kill-rounds.ts";
import { labelContainers } from "../support/labelled-containers.ts";
import { suite } from "../support/suite.ts";

const test = suite("the reaper on a real Engine");

const client: EngineClient = createClient();
const { here, me, withLabels, make, deadOwner, removeAll } = labelContainers(client, "brigbox-spec.reaper");

test.after(async () => {
  await removeAll();
  await client.close();
});

const reapOwn = (options: ReapOptions = {}): Promise<ReapReport> =>
  reap(client, { host: here, withLabels, ...options });

test("exactly those go whose owner is dead or whose deadline is long past", async () => {
  const dead = await deadOwner();
  const doomed = {
    "never started, dead owner": await make({ owner: dead }),
    "running, dead owner": await make({ owner: dead, isStarted: true }),
    "running, another process by now": await make({ owner: { ...me, startTime: "1" }, isStarted: true }),
  };
  const spared = {
    "never started, living owner": await make({}),
    "running, living owner": await make({ isStarted: true }),
    "owner elsewhere": await make({ owner: { ...dead, host: "elsewhere" }, isStarted: true }),
    "owner in another namespace": await make({
      owner: { ...dead, scope: { bootId: "1".repeat(36), namespaces: "1.1", machine: null } },
    }),
    "deadline before its creation": await make({ deadlineMs: Date.now() - 3_600_000 }),
    "no owner": await make({ owner: dead, change: { [labels.owner]: null } }),
    "a garbled owner": await make({ owner: dead, change: { [labels.owner]: `${here.host}/${dead.pid}` } }),
    "a garbled deadline": await make({ owner: dead, change: { [labels.deadline]: "yesterday" } }),
    "another version": await make({ owner: dead, change: { [labels.version]: "999" } }),
    "a name of its own": await make({ owner: dead, name: `spec-${newRunId()}` }),
    "not ours at all": await make({
      owner: dead,
      change: Object.fromEntries(Object.values(labels).map((label) => [label, null])),
    }),
  };
  const dry = await reapOwn({ dryRun: true });
  assert.equal(idsWith(dry, "would-remove"), Object.values(doomed).sort());
  const report = await reapOwn();
  assert.equal(idsWith(report, "removed"), Object.values(doomed).sort());
  for (const [name, id] of Object.entries(doomed)) assert.not(await containerExists(client, id), name);
  for (const [name, id] of Object.entries(spared)) assert.ok(await containerExists(client, id), name);

  const all = await reapOwn({ all: true });
  const stillOurs = [
    "never started, living owner",
    "running, living owner",
    "owner elsewhere",
    "owner in another namespace",
    "deadline before its creation",
  ] as const;
  assert.equal(idsWith(all, "removed"), stillOurs.map((name) => spared[name]).sort());
  for (const name of [
    "no owner",
    "a garbled owner",
    "a garbled deadline",
    "another version",
    "a name of its own",
    "not ours at all",
  ] as const)
    assert.ok(await containerExists(client, spared[name]), name);
});

function idsWith({ containers }: ReapReport, outcome: string): string[] {
  return containers
    .filter((container) => container.outcome === outcome)
    .map(({ id }) => id)
    .sort();
}

test("a deadline that is long past by this host's clock alone spares the container, but not from --all", async () => {
  const id = await make({
    owner: { ...me, host: "elsewhere" },
    deadlineMs: Date.now() + 1500,
    isStarted: true,
  });
  const later: HostView = { ...here, now: () => Date.now() + 3_600_000 };
  const tooSoon = await reapOwn({ host: later, dryRun: true });
  assert.equal(idsWith(tooSoon, "would-remove"), [], "the Engine's clock does not agree yet");
  assert.ok(Math.abs((tooSoon.clockSkewMs ?? 0) + 3_600_000) < 30_000, `${tooSoon.clockSkewMs}`);
  assert.equal(idsWith(await reapOwn({ all: true }), "removed"), [id]);
});

test("the sweeper removes what a dead process of this machine left, and leaves a run under way alone", async () => {
  await using executor = createExecutor({ client });
  const handle = executor.start("import time\nprint(1, flush=True)\ntime.sleep(1)\nresult = 'undisturbed'");
  for await (const _ of handle.output) break;
  const orphan = await make({ owner: await deadOwner(), isStarted: true });
  const report = await createSweeper(client, { host: here, withLabels }).sweepOnce();
  assert.equal(idsWith(report ?? { containers: [], clockSkewMs: null }, "removed"), [orphan]);
  const own = await reap(client, { withLabels: [`${labels.run}=${handle.runId}`] });
  assert.equal(
    own.containers.map(({ verdict, outcome }) => [verdict, outcome]),
    [["alive", "kept"]],
  );
  assert.is((await handle.result).values["result"], "undisturbed");
});

test("brigbox reap removes what was left, and tells of it", async () => {
  // By its real name this host's dead are known to any reaper, so another one may come first.
  const { host } = currentOwner();
  const orphan = await make({ owner: { ...(await deadOwner()), host } });
  const alive = await make({ owner: currentOwner(), isStarted: true });
  const { exitCode, out } = await runCommand(["reap", "--label", withLabels[0] ?? "", "--json"]);
  assert.is(exitCode, 0);
  const rows = JSON.parse(out) as readonly { readonly id: string; readonly outcome: string }[];
  assert.is(rows.find(({ id }) => id === alive)?.outcome, "kept");
  assert.not(await containerExists(client, orphan));
});

test(
  "a host killed at any moment of a run, cold or with a pool, leaves no started container for more than 5 s, and what never started is reaped",
  async () => {
    const rounds = await killRounds(client, { rounds: 12, seed: 20 });
    assert.equal(
      rounds.map(findFault).filter((fault) => fault !== null),
      [],
      summarize(rounds),
    );
    assert.ok(
      rounds.some(({ startedGoneMs }) => startedGoneMs !== null && startedGoneMs > 0),
      "no kill met a container",
    );
  },
  { timeoutMs: 180_000 },
);

test.run();
