import { setTimeout as delay } from "node:timers/promises";
import { defaultImage } from "../../../../lib/image/names.ts";
import { label, type Scenario } from "./common.ts";

type Recorder = Parameters<Scenario>[0];
const labels = { [label]: "1" };
const loopback = "127.0.0.1";

/** A swarm of one node, from its beginning to its end. */
export const swarm: Scenario = async (recorder) => {
  const { call, refused } = recorder;
  await refused("GET /swarm");
  await refused("GET /nodes");
  await refused("POST /swarm/leave");
  await refused("POST /swarm/unlock", { body: { UnlockKey: "SWMKEY-1-redacted" } });
  await call("POST /swarm/init", { body: { ListenAddr: `${loopback}:2377`, AdvertiseAddr: loopback } });
  try {
    await refused("POST /swarm/init", { body: { ListenAddr: loopback } });
    await refused("POST /swarm/join", {
      body: { ListenAddr: loopback, RemoteAddrs: [`${loopback}:2377`], JoinToken: "SWMTKN-1-redacted" },
    });
    const { Version, Spec } = await call("GET /swarm");
    await call("POST /swarm/update", { query: { version: Version?.Index ?? 0 }, body: { ...Spec } });
    await refused("POST /swarm/update", { query: { version: 0 }, body: { ...Spec } });
    await call("GET /swarm/unlockkey");
    await refused("POST /swarm/unlock", { body: { UnlockKey: "SWMKEY-1-redacted" } });
    await call("GET /info");
    await nodes(recorder);
    await secrets(recorder);
    await configs(recorder);
    await services(recorder);
    await refused("POST /swarm/leave");
  } finally {
    await call("POST /swarm/leave", { query: { force: true } });
  }
};

async function nodes({ call, refused }: Recorder): Promise<void> {
  const [node] = await call("GET /nodes");
  const id = node?.ID ?? "";
  const { Version } = await call("GET /nodes/{id}", { path: { id } });
  await call("POST /nodes/{id}/update", {
    path: { id },
    query: { version: Version?.Index ?? 0 },
    body: { Role: "manager", Availability: "active", Labels: labels },
  });
  await refused("POST /nodes/{id}/update", {
    path: { id },
    query: { version: 0 },
    body: { Role: "manager", Availability: "active" },
  });
  await refused("DELETE /nodes/{id}", { path: { id } });
  await refused("GET /nodes/{id}", { path: { id: "nowhere" } });
}

async function secrets({ call, refused }: Recorder): Promise<void> {
  const body = { Name: "recorded", Labels: labels, Data: Buffer.from("redacted").toString("base64") };
  const path = { id: idOf(await call("POST /secrets/create", { body })) };
  await refused("POST /secrets/create", { body });
  await call("GET /secrets", { query: { filters: { label: [label] } } });
  const { Version } = await call("GET /secrets/{id}", { path });
  await call("POST /secrets/{id}/update", {
    path,
    query: { version: Version?.Index ?? 0 },
    body: { Name: "recorded", Labels: {} },
  });
  await refused("POST /secrets/{id}/update", {
    path,
    query: { version: 0 },
    body: { Name: "recorded", Labels: {} },
  });
  await call("DELETE /secrets/{id}", { path });
  await refused("GET /secrets/{id}", { path });
}

async function configs({ call, refused }: Recorder): Promise<void> {
  const body = { Name: "recorded", Labels: labels, Data: Buffer.from("hello").toString("base64") };
  const path = { id: idOf(await call("POST /configs/create", { body })) };
  await refused("POST /configs/create", { body });
  await call("GET /configs", { query: { filters: { label: [label] } } });
  const { Version } = await call("GET /configs/{id}", { path });
  await call("POST /configs/{id}/update", {
    path,
    query: { version: Version?.Index ?? 0 },
    body: { Name: "recorded", Labels: {}, Data: body.Data },
  });
  await refused("POST /configs/{id}/update", {
    path,
    query: { version: 0 },
    body: { Name: "recorded", Labels: {} },
  });
  await call("DELETE /configs/{id}", { path });
  await refused("GET /configs/{id}", { path });
}

async function services(recorder: Recorder): Promise<void> {
  const { call, refused, stream } = recorder;
  const body = {
    Name: "recorded",
    Labels: labels,
    TaskTemplate: {
      ContainerSpec: { Image: defaultImage, Command: ["sh", "-c", "echo hello; exec sleep 600"], Init: true },
      RestartPolicy: { Condition: "none" as const },
      Networks: [{ Target: "host" }],
    },
    Mode: { Replicated: { Replicas: 1 } },
  };
  const { ID: id = "" } = await call("POST /services/create", { body });
  const path = { id: id ?? "" };
  await refused("POST /services/create", { body });
  const filters = { service: [path.id] };
  await untilRunning(recorder, filters);
  await call("GET /services", { query: { filters: { label: [label] }, status: true } });
  const { Version } = await call("GET /services/{id}", { path, query: { insertDefaults: true } });
  const [task] = await call("GET /tasks", { query: { filters } });
  const taskPath = { id: task?.ID ?? "" };
  await call("GET /tasks/{id}", { path: taskPath });
  await refused("GET /tasks/{id}", { path: { id: "nowhere" } });
  const both = { stdout: true, stderr: true };
  await stream("GET /services/{id}/logs", { path, query: both });
  await refused("GET /services/{id}/logs", { path: { id: "nowhere" }, query: both });
  await stream("GET /tasks/{id}/logs", { path: taskPath, query: both });
  await refused("GET /tasks/{id}/logs", { path: { id: "nowhere" }, query: both });
  await call("POST /services/{id}/update", {
    path,
    query: { version: Version?.Index ?? 0 },
    body: { ...body, Mode: { Replicated: { Replicas: 0 } } },
  });
  await refused("POST /services/{id}/update", { path, query: { version: 0 }, body });
  await call("DELETE /services/{id}", { path });
  await refused("GET /services/{id}", { path });
}

async function untilRunning(
  { client }: Recorder,
  filters: Readonly<Record<string, readonly string[]>>,
): Promise<void> {
  const until = performance.now() + 60_000;
  for (;;) {
    const [task] = await client.request("GET /tasks", { query: { filters } });
    if (task?.Status?.State === "running") return;
    if (performance.now() > until) throw new Error(`the task is ${JSON.stringify(task?.Status)}`);
    await delay(200);
  }
}

function idOf(answer: unknown): string {
  return (answer as { ID: string }).ID;
}
