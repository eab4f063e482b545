/** The client against a later Engine than the machine's own, by tcp. */
import { packTar } from "modern-tar";
import * as assert from "uvu/assert";
import {
  attachContainer,
  collectOutput,
  compareApiVersions,
  containerLogLines,
  containerStats,
  createClient,
  getArchive,
  killContainer,
  putArchive,
  runExec,
  startContainer,
  waitContainer,
  watchEvents,
} from "../../../engine-api/mod.ts";
import { cgroup2Endpoint } from "../../support/cgroup2-engine/endpoint.ts";
import { python, withContainer } from "../../support/engine-containers.ts";
import { suite } from "../../support/suite.ts";

const test = suite("the client on Engine 26, by tcp");
const client = createClient({ endpoint: cgroup2Endpoint(process.env) ?? "" });
const patience = { timeoutMs: 180_000 };
test.after(() => client.close());

test(
  "both agree on a later version of the API than the machine's own Engine has",
  async () => assert.ok(compareApiVersions(await client.apiVersion(), "1.45") >= 0),
  patience,
);

test(
  "a container's life: attach, wait, start, output, exit, events",
  async () => {
    await withContainer(
      client,
      async (id) => {
        const actions: (string | null | undefined)[] = [];
        const watching = (async () => {
          for await (const { Action } of watchEvents(client, {
            filters: { container: [id], event: ["start", "die"] },
          }))
            if (actions.push(Action) === 2) return;
        })();
        const { output } = await attachContainer(client, id);
        const wait = await waitContainer(client, id);
        await startContainer(client, id);
        const { stdout, stderr } = await collectOutput(output);
        assert.equal([stdout, stderr, (await wait.exit).exitCode], ["out\n", "err\n", 5]);
        await watching;
        assert.equal(actions, ["start", "die"]);
        const lines = [];
        for await (const { text } of containerLogLines(client, id)) lines.push(text);
        assert.equal(lines.sort(), ["err", "out"]);
      },
      {
        isStarted: false,
        spec: python("import sys; print('out'); print('err', file=sys.stderr); sys.exit(5)"),
      },
    );
  },
  patience,
);

test(
  "commands, archives and stats of cgroup v2",
  async () => {
    await withContainer(client, async (id) => {
      const result = await runExec(client, id, { command: ["wc", "-c"] }, { input: "x".repeat(300_000) });
      assert.equal([result.exitCode, result.stdout.trim()], [0, "300000"]);
      const tar = await packTar([{ header: { name: "a.txt", size: 5, mode: 0o644 }, body: "hello" }]);
      await putArchive(client, id, "/usr/local", tar);
      const { stat, tar: back } = await getArchive(client, id, "/usr/local/a.txt");
      back.destroy();
      assert.equal([stat.name, stat.size], ["a.txt", 5]);
      const { memory_stats, pids_stats } = await containerStats(client, id);
      assert.ok((memory_stats?.usage ?? 0) > 0 && (pids_stats?.current ?? 0) > 0);
      assert.is(await killContainer(client, id), true);
    });
  },
  patience,
);

test.run();
