/** A swarm of one node, and plugins, on an Engine of their own; on the second one, which is for specs alone, where that is given. */
import { packTar } from "modern-tar";
import * as assert from "uvu/assert";
import {
  createClient,
  createConfig,
  createSecret,
  createService,
  type EngineClient,
  engineInfo,
  ImageError,
  isConflict,
  isNotFound,
  isResponseError,
  labelConfig,
  labelSecret,
  pushImage,
  pushPlugin,
  readConfig,
  removeImage,
  removeNetwork,
  type ServiceSpec,
  serviceLogLines,
  serviceLogs,
  taskLogs,
  updateNode,
  updateService,
  updateSwarm,
} from "../../../engine-api/mod.ts";
import { defaultImage } from "../../../lib/image/names.ts";
import { rejection, rejectionOf } from "../../support/catch-error.ts";
import { eventually } from "../../support/eventually.ts";
import { startOwnEngine } from "../../support/own-engine.ts";
import { endWithAllOf, makeImage, registryUser, startRegistry, stranger } from "../../support/registry.ts";
import { isOnSecond, secondEndpoint } from "../../support/second-engine/endpoint.ts";
import { suite } from "../../support/suite.ts";

const test = suite("swarm and plugins");
let engine: { readonly endpoint: string; close(): Promise<void> };
let client: EngineClient;

async function startEngine(): Promise<typeof engine> {
  const second = secondEndpoint(process.env);
  if (second === null || !isOnSecond(process.env)) return startOwnEngine();
  await using former = createClient({ endpoint: second });
  // Of a run that was killed.
  if ((await engineInfo(former)).Swarm?.LocalNodeState === "active") await leaveSwarm(former);
  return { endpoint: second, close: () => removeBridge(second) };
}

/** What a swarm leaves behind. */
async function removeBridge(endpoint: string): Promise<void> {
  await using former = createClient({ endpoint });
  await removeNetwork(former, "docker_gwbridge");
}

async function leaveSwarm(member: EngineClient): Promise<void> {
  await member.request("POST /swarm/leave", { query: { force: true } });
}

test.before(async () => {
  engine = await startEngine();
  client = createClient({ endpoint: engine.endpoint });
  const body = { ListenAddr: "127.0.0.1:23771", AdvertiseAddr: "127.0.0.1" };
  assert.match(await client.request("POST /swarm/init", { body }), /^\w{25}$/);
});

test.after(async () => {
  if (client !== undefined) await leaveSwarm(client);
  await client?.close();
  await engine?.close();
});

const program =
  "import sys, time\nprint('out  put', flush=True)\nprint('err', file=sys.stderr, flush=True)\ntime.sleep(600)";
const spec = (Name: string, replicas: number): ServiceSpec => ({
  Name,
  Mode: { Replicated: { Replicas: replicas } },
  TaskTemplate: {
    ContainerSpec: { Image: defaultImage, Command: ["python3", "-c", program], StopGracePeriod: 1 },
  },
});

async function runningTasks(name: string): Promise<readonly string[]> {
  const filters = { service: [name], "desired-state": ["running"] };
  const tasks = await client.request("GET /tasks", { query: { filters } });
  return tasks.flatMap(({ ID, Status }) => (Status?.State === "running" && ID ? [ID] : []));
}

async function withService(
  name: string,
  replicas: number,
  body: (id: string) => Promise<void>,
): Promise<void> {
  const { id } = await createService(client, spec(name, replicas));
  try {
    await eventually(async () => (await runningTasks(name)).length === replicas, { timeoutMs: 30_000 });
    await body(id);
  } finally {
    await client.request("DELETE /services/{id}", { path: { id } });
  }
}

test(
  "a service runs, tells by lines which task wrote what, and grows",
  () =>
    withService("web", 2, async (id) => {
      const tasks = await runningTasks("web");
      const seen = new Map<string, string[]>();
      for await (const { taskId, stream, text, time, nodeId } of serviceLogLines(client, id, {
        follow: true,
      })) {
        assert.ok(!Number.isNaN(Date.parse(time)) && nodeId.length === 25);
        seen.set(taskId, [...(seen.get(taskId) ?? []), `${stream} ${text}`]);
        if ([...seen.values()].flat().length === 4) break;
      }
      assert.equal([...seen.keys()].sort(), [...tasks].sort());
      for (const lines of seen.values()) assert.equal([...lines].sort(), ["stderr err", "stdout out  put"]);
      await updateService(client, "web", (now) => ({ ...now, Mode: { Replicated: { Replicas: 3 } } }));
      await eventually(async () => (await runningTasks("web")).length === 3, { timeoutMs: 30_000 });
    }),
  { timeoutMs: 120_000 },
);

test(
  "changes at the same time are all kept, though each of them has one version only",
  () =>
    withService("many", 1, async (id) => {
      await Promise.all(
        ["a", "b", "c"].map((label) =>
          updateService(client, id, (now) => ({ ...now, Labels: { ...now.Labels, [label]: "1" } })),
        ),
      );
      const { Spec } = await client.request("GET /services/{id}", { path: { id } });
      assert.equal(Object.keys(Spec?.Labels ?? {}).sort(), ["a", "b", "c"]);
      const bare = client.request("POST /services/{id}/update", {
        path: { id },
        query: { version: 1 },
        body: spec("many", 1),
      });
      assert.match(String(await rejection(bare)), /update out of sequence/);
    }),
  { timeoutMs: 120_000 },
);

test(
  "what a task wrote, and a service as a whole",
  () =>
    withService("talk", 1, async (id) => {
      const [task = ""] = await runningTasks("talk");
      for (const output of [
        taskLogs(client, task, { follow: true }),
        serviceLogs(client, id, { follow: true }),
      ]) {
        const texts: string[] = [];
        for await (const { stream, bytes } of output)
          if (texts.push(`${stream} ${Buffer.from(bytes)}`) === 2) break;
        assert.equal(texts.sort(), ["stderr err\n", "stdout out  put\n"]);
      }
    }),
  { timeoutMs: 120_000 },
);

test("a secret and a config are kept, labelled and refused twice, and a config is read back", async () => {
  const data = Buffer.from([0xff, 0xfe, 0xfd, 0xfb, 0xfa, 0, 1]);
  const secret = await createSecret(client, { name: "s", data });
  const config = await createConfig(client, { name: "c", data, labels: { a: "b" } });
  assert.equal(Buffer.from(await readConfig(client, config)), data);
  await labelSecret(client, secret, { x: "y" });
  await labelConfig(client, config, { x: "z" });
  const path = { id: secret };
  assert.equal((await client.request("GET /secrets/{id}", { path })).Spec?.Labels, { x: "y" });
  assert.equal(
    (await client.request("GET /configs")).map(({ Spec }) => Spec?.Labels),
    [{ x: "z" }],
  );
  assert.ok(isConflict(await rejection(createSecret(client, { name: "s", data }))));
  assert.ok(isConflict(await rejection(createConfig(client, { name: "c", data }))));
  await client.request("DELETE /secrets/{id}", { path });
  await client.request("DELETE /configs/{id}", { path: { id: config } });
  assert.ok(isNotFound(await rejection(client.request("GET /secrets/{id}", { path }))));
});

test("a node and the swarm are labelled, and the swarm tells how one joins it", async () => {
  const [node] = await client.request("GET /nodes");
  await updateNode(client, node?.ID ?? "", (now) => ({ ...now, Labels: { disk: "fast" } }));
  assert.equal((await client.request("GET /nodes"))[0]?.Spec?.Labels, { disk: "fast" });
  await updateSwarm(client, (now) => ({ ...now, Labels: { env: "test" } }));
  const { Spec, JoinTokens } = await client.request("GET /swarm");
  assert.equal(Spec?.Labels, { env: "test" });
  assert.match(JoinTokens?.Worker ?? "", /^SWMTKN-1-/);
  const refused = await rejection(client.request("POST /swarm/leave"));
  assert.ok(isResponseError(refused) && refused.status === 503);
});

test(
  "a service gets its image from a registry with the credentials that it is given, and not without",
  async () => {
    const registry = await startRegistry();
    try {
      const image = `${registry.host}/spec/app:1`;
      await makeImage(client, image);
      for await (const _ of pushImage(client, image, { auth: registryUser }));
      await removeImage(client, image);
      for (const [name, auth, words] of [
        ["nobody", undefined, /No such image/],
        ["stranger", stranger, /No such image/],
        // It comes, and what it should start is a file that nothing can run.
        ["known", registryUser, /\/random/],
      ] as const) {
        const service = { Name: name, TaskTemplate: { ContainerSpec: { Image: image } } };
        const { id } = await createService(client, service, auth === undefined ? {} : { auth });
        await eventually(async () => words.test(await troublesOf(name)), { timeoutMs: 30_000 });
        await client.request("DELETE /services/{id}", { path: { id } });
      }
    } finally {
      await endWithAllOf(client, registry);
    }
  },
  { timeoutMs: 120_000 },
);

async function troublesOf(service: string): Promise<string> {
  const tasks = await client.request("GET /tasks", { query: { filters: { service: [service] } } });
  return tasks.map(({ Status }) => Status?.Err ?? "").join();
}

test("a plugin is made from an archive, set, and removed; a push that fails is an error", async () => {
  const config = JSON.stringify({
    description: "a plugin of a spec",
    interface: { types: ["docker.volumedriver/1.0"], socket: "x.sock" },
    entrypoint: ["/x"],
    network: { type: "host" },
    linux: { capabilities: [] },
    env: [{ name: "DEBUG", settable: ["value"], value: "0" }],
  });
  const body = await packTar([
    { header: { name: "config.json", size: config.length }, body: config },
    { header: { name: "rootfs/", type: "directory", size: 0 } },
  ]);
  const path = { name: "localhost:1/spec/plugin:1" };
  await client.request("POST /plugins/create", { query: path, body });
  await client.request("POST /plugins/{name}/set", { path, body: ["DEBUG=1"] });
  const { Settings, Enabled } = await client.request("GET /plugins/{name}/json", { path });
  assert.equal([Settings.Env, Enabled], [["DEBUG=1"], false]);
  const push = async () => {
    for await (const _ of pushPlugin(client, path.name, { auth: null }));
  };
  await rejectionOf(push(), ImageError, /connection refused/);
  await client.request("DELETE /plugins/{name}", { path });
  assert.equal(await client.request("GET /plugins"), []);
});

test.run();
