import { setTimeout as delay } from "node:timers/promises";
import * as assert from "uvu/assert";
import {
  createClient,
  createExec,
  type EngineClient,
  inspectContainer,
  killContainer,
  listContainers,
  updateContainer,
} from "../../engine-api/mod.ts";
import { createExecutor, type Executor, type ExecutorOptions } from "../../lib/executor.ts";
import { poolLabel } from "../../lib/ownership.ts";
import { createFrame } from "../../lib/values/frame.ts";
import { rejectionOf } from "../support/catch-error.ts";
import { countContainersOf } from "../support/containers-of.ts";
import { suite } from "../support/suite.ts";

const test = suite("a pool on a real Engine");
const MiB = 1024 ** 2;

interface Rig {
  readonly executor: Executor;
  readonly client: EngineClient;
}

async function withPool(options: ExecutorOptions, body: (rig: Rig) => Promise<void>): Promise<void> {
  await using client = createClient();
  const executor = createExecutor({ pool: { size: 1 }, ...options });
  try {
    await executor.warmUp();
    await body({ executor, client });
  } finally {
    await executor.close();
  }
  assert.is((await waiting(client)).length, 0, "nothing is left of the pool");
}

/** Ids of the containers of pools. */
async function waiting(client: EngineClient): Promise<readonly string[]> {
  const found = await listContainers(client, { all: true, filters: { label: [poolLabel] } });
  return found.map(({ Id }) => Id ?? "");
}

test("a run gets a container that waited, alone, with all that it could have in a new one", async () => {
  const policy = { validator: "off", audit: "deny" } as const;
  await withPool({ policy, pool: { size: 1, preload: ["numpy", "pandas"] } }, async ({ executor }) => {
    const prices = createFrame({ columns: { close: new Float64Array([1, 2, 4]) } });
    const result = await executor.run(
      "print('hello', open('/tmp/in/a.txt').read())\nopen('/tmp/out/b.txt', 'w').write('b')\nsignal = prices.pct_change()",
      { inputs: { prices }, files: { "a.txt": "text" } },
    );
    assert.equal([result.status, result.evidence.start, result.stdout], ["ok", "warm", "hello text\n"]);
    assert.equal(
      result.artifacts.map(({ path, bytes }) => [path, Buffer.from(bytes).toString()]),
      [["b.txt", "b"]],
    );
    assert.equal(result.timings.createMs + result.timings.startMs + result.timings.readyMs, 0);
    assert.is(await countContainersOf(result), 0);
    assert.ok((result.usage.userCpuMs ?? 0) < 400, "the imports before the job are not the job's");
  });
});

test("the result is there before the container is gone", async () => {
  await withPool({}, async ({ executor }) => {
    const handle = executor.start("result = 6 * 7");
    let isClean = false;
    void handle.cleaned.then(() => {
      isClean = true;
    });
    assert.is((await handle.result).values.result, 42);
    assert.is(isClean, false);
    assert.equal([(await handle.cleaned).isConfirmed, (await handle.cleaned).containerExitCode], [true, 0]);
  });
});

test("limits of the job alone leave it its container, limits of the container do not", async () => {
  await withPool({ pool: { size: 2 } }, async ({ executor }) => {
    const short = await executor.run("while True: pass", { timeoutMs: 300 });
    assert.equal([short.status, short.evidence.start], ["timeout", "warm"]);
    const loud = await executor.run("print('x' * 2000)", { stdoutBytes: 1000 });
    assert.equal([loud.status, loud.evidence.limit, loud.evidence.start], ["output-limit", "stdout", "warm"]);
    const small = await executor.run("result = 1", { memoryBytes: 64 * MiB });
    assert.equal([small.status, small.evidence.start], ["ok", "cold"]);
  });
});

test("a container that waits has the code's own limits, though it started with more", async () => {
  await withPool({ policy: { cpus: 0.25, memoryBytes: 128 * MiB } }, async ({ executor, client }) => {
    const [id = ""] = await waiting(client);
    const { HostConfig } = await inspectContainer(client, id);
    assert.equal([HostConfig?.NanoCpus, HostConfig?.Memory], [250_000_000, 128 * MiB]);
    const { evidence } = await executor.run("result = 1");
    assert.is(evidence.containerId, id);
  });
});

const touches: readonly (readonly [string, (client: EngineClient, id: string) => Promise<unknown>])[] = [
  ["killed", (client, id) => killContainer(client, id)],
  ["paused", (client, id) => client.request("POST /containers/{id}/pause", { path: { id } })],
  ["given more memory", (client, id) => updateContainer(client, id, { Memory: 4e9, MemorySwap: 4e9 })],
  ["entered", (client, id) => createExec(client, id, { command: ["true"] })],
];

for (const [name, touch] of touches)
  test(`a container that was ${name} while it waited is not used`, async () => {
    await withPool({}, async ({ executor, client }) => {
      const [id = ""] = await waiting(client);
      await touch(client, id);
      while ((await waiting(client)).includes(id)) await delay(20);
      await executor.warmUp();
      const result = await executor.run("result = 1");
      assert.equal([result.status, result.evidence.start], ["ok", "warm"]);
      assert.is.not(result.evidence.containerId, id);
    });
  });

test("a container that is lost in the very moment of its job is replaced by a new one", async () => {
  await withUnwatchedPool(async ({ executor, client }) => {
    const [id = ""] = await waiting(client);
    // Frozen it cannot begin with the code before it is killed: which of the two were first would else be left to luck.
    await client.request("POST /containers/{id}/pause", { path: { id } });
    const running = executor.run("print('once')\nresult = 1");
    while (executor.stats().pool?.busy !== 1) await delay(1);
    await killContainer(client, id);
    const result = await running;
    assert.equal([result.status, result.stdout], ["ok", "once\n"]);
    assert.is.not(result.evidence.containerId, id);
  });
});

test("a container that froze unseen does not hold its job for long", async () => {
  await withUnwatchedPool(async ({ executor, client }) => {
    const [id = ""] = await waiting(client);
    await client.request("POST /containers/{id}/pause", { path: { id } });
    const result = await executor.run("result = 1");
    assert.equal([result.status, result.evidence.start], ["ok", "cold"]);
  });
});

/** A pool that hears nothing of what befalls its containers. */
async function withUnwatchedPool(use: Parameters<typeof withPool>[1]): Promise<void> {
  await using client = createClient();
  await withPool({ client: { ...client, stream: refuseEvents(client) } }, use);
}

function refuseEvents(client: EngineClient): EngineClient["stream"] {
  const stream = client.stream as (operation: string, ...rest: unknown[]) => Promise<unknown>;
  return ((operation: string, ...rest: unknown[]) =>
    operation === "GET /events"
      ? Promise.reject(new Error("no events"))
      : stream(operation, ...rest)) as EngineClient["stream"];
}

test("more jobs than wait: the first are warm, all are right, and the pool is full again", async () => {
  await withPool({ pool: { size: 3 } }, async ({ executor }) => {
    const jobs = Array.from({ length: 8 }, (_, number) => ({ code: `result = ${number} * 2` }));
    const results = [];
    for await (const { index, result } of executor.runAll(jobs, { concurrency: 8, order: "input" }))
      results.push([index, result?.values.result, result?.evidence.start]);
    assert.equal(
      results.map(([index, value]) => [index, value]),
      jobs.map((_, index) => [index, index * 2]),
    );
    assert.ok(results.filter(([, , start]) => start === "warm").length >= 3);
    await executor.warmUp();
    assert.is(executor.stats().pool?.idle, 3);
  });
});

test("modules that the image lacks are told, and the pool works without them", async () => {
  await withPool({ pool: { size: 1, preload: ["no_such_module"] } }, async ({ executor }) => {
    assert.match(executor.stats().pool?.lastError?.message ?? "", /cannot import no_such_module/);
    assert.is((await executor.run("result = 1")).evidence.start, "warm");
  });
});

test("where containers cannot be made ready, warmUp says why", async () => {
  await using client = createClient();
  await using executor = createExecutor({
    client: { ...client, request: refuseCreate(client) },
    pool: { size: 1 },
  });
  await rejectionOf(executor.warmUp(), Error, /no room for containers/);
});

function refuseCreate(client: EngineClient): EngineClient["request"] {
  const request = client.request as (operation: string, ...rest: unknown[]) => Promise<unknown>;
  return ((operation: string, ...rest: unknown[]) =>
    operation === "POST /containers/create"
      ? Promise.reject(new Error("no room for containers"))
      : request(operation, ...rest)) as EngineClient["request"];
}

test("numbers that look random differ from one container to the next", async () => {
  await withPool({ pool: { size: 2, preload: ["numpy"] } }, async ({ executor }) => {
    const code = "import random\nimport numpy as np\nresult = [random.random(), float(np.random.rand())]";
    const draws = [];
    for (let round = 0; round < 2; round++) draws.push((await executor.run(code)).values.result);
    assert.not.equal(draws[0], draws[1]);
  });
});

test.run();
