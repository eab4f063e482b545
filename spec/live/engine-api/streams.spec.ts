import { packTar, unpackTar } from "modern-tar";
import * as assert from "uvu/assert";
import {
  containerLogLines,
  containerLogs,
  containerStats,
  createClient,
  type EngineEvent,
  getArchive,
  isNotFound,
  killContainer,
  putArchive,
  runExec,
  startContainer,
  statPath,
  waitContainer,
  watchEvents,
  watchStats,
} from "../../../engine-api/mod.ts";
import { rejection } from "../../support/catch-error.ts";
import { python, withContainer } from "../../support/engine-containers.ts";
import { suite } from "../../support/suite.ts";

const test = suite("logs, archives, stats and events");
const client = createClient();
test.after(() => client.close());

const chatter = python(
  "import sys, time\nfor n in range(5):\n    print('out', n)\n    print('err', n, file=sys.stderr)\n    time.sleep(0.05)\n",
);

async function awaitExit(id: string): Promise<void> {
  await (await waitContainer(client, id, { condition: "not-running" })).exit;
}

test("a log by lines, each with its stream and time, in the order of each stream", async () => {
  await withContainer(
    client,
    async (id) => {
      await awaitExit(id);
      const lines = [];
      for await (const line of containerLogLines(client, id)) lines.push(line);
      for (const stream of ["stdout", "stderr"])
        assert.equal(
          lines.filter((line) => line.stream === stream).map(({ text }) => text),
          [0, 1, 2, 3, 4].map((number) => `${stream.slice(3) === "out" ? "out" : "err"} ${number}`),
        );
      assert.ok(lines.every(({ time }) => !Number.isNaN(Date.parse(time))));
    },
    { spec: chatter },
  );
});

test("a log from its end, and from a time on", async () => {
  await withContainer(
    client,
    async (id) => {
      await awaitExit(id);
      const last = [];
      for await (const { text } of containerLogLines(client, id, { tail: 2 })) last.push(text);
      assert.equal([...last].sort(), ["err 4", "out 4"]);
      const none = [];
      const since = new Date(Date.now() + 3_600_000);
      for await (const chunk of containerLogs(client, id, { since })) none.push(chunk);
      assert.equal(none, []);
    },
    { spec: chatter },
  );
});

test("a log that is followed ends with the container, and its loop may be left before", async () => {
  await withContainer(
    client,
    async (id) => {
      let bytes = 0;
      for await (const chunk of containerLogs(client, id, { follow: true })) bytes += chunk.bytes.length;
      assert.is(bytes, 60);
      for await (const _ of containerLogs(client, id, { follow: true })) break;
    },
    { spec: chatter },
  );
});

test("the log of a container with a terminal is one stream", async () => {
  await withContainer(
    client,
    async (id) => {
      await awaitExit(id);
      const streams = new Set<string>();
      for await (const { stream } of containerLogs(client, id)) streams.add(stream);
      assert.equal([...streams], ["stdout"]);
    },
    { spec: { ...chatter, Tty: true } },
  );
});

test("files go in and come out as tar archives", async () => {
  await withContainer(client, async (id) => {
    const tar = await packTar([
      { header: { name: "folder/", type: "directory", size: 0, mode: 0o755 } },
      { header: { name: "folder/a.txt", size: 5, mode: 0o644 }, body: "hello" },
    ]);
    await putArchive(client, id, "/usr/local", tar);
    assert.is((await runExec(client, id, { command: ["cat", "/usr/local/folder/a.txt"] })).stdout, "hello");
    const { stat, tar: stream } = await getArchive(client, id, "/usr/local/folder");
    assert.is(stat.name, "folder");
    const parts = [];
    for await (const part of stream) parts.push(part);
    const entries = await unpackTar(Buffer.concat(parts));
    assert.equal(
      entries.map(({ header }) => header.name),
      ["folder/", "folder/a.txt"],
    );
    const file = await statPath(client, id, "/usr/local/folder/a.txt");
    assert.equal([file.size, file.mode & 0o777, file.linkTarget], [5, 0o644, ""]);
    assert.ok(isNotFound(await rejection(statPath(client, id, "/nowhere"))));
  });
});

test("what a container uses, once and again", async () => {
  await withContainer(client, async (id) => {
    const { memory_stats, pids_stats } = await containerStats(client, id);
    assert.ok((memory_stats?.usage ?? 0) > 0);
    assert.ok((pids_stats?.current ?? 0) >= 1);
    let readings = 0;
    for await (const reading of watchStats(client, id)) {
      assert.ok((reading.memory_stats?.usage ?? 0) > 0);
      if (++readings === 2) break;
    }
    assert.is(readings, 2);
  });
});

test("events of one container, as they happen", async () => {
  const seen: EngineEvent[] = [];
  await withContainer(
    client,
    async (id) => {
      const controller = new AbortController();
      const filters = { container: [id], event: ["start", "kill", "die"] };
      const watching = (async () => {
        for await (const event of watchEvents(client, { filters, signal: controller.signal })) {
          seen.push(event);
          if (event.Action === "die") return;
        }
      })();
      await new Promise((resolve) => setTimeout(resolve, 300));
      await startContainer(client, id);
      await killContainer(client, id);
      await watching;
      controller.abort();
    },
    { isStarted: false },
  );
  assert.equal(
    seen.map(({ Action }) => Action),
    ["start", "kill", "die"],
  );
});

test("events from a time on, up to another", async () => {
  const since = new Date(Date.now() - 1000);
  let id = "";
  await withContainer(client, async (created) => {
    id = created;
  });
  const actions = [];
  const until = new Date(Date.now() + 1000);
  for await (const { Action } of watchEvents(client, { filters: { container: [id] }, since, until }))
    actions.push(Action);
  assert.ok(
    actions.includes("create") && actions.includes("start") && actions.includes("destroy"),
    String(actions),
  );
});

test.run();
