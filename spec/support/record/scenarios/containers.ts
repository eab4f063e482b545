import { defaultImage } from "../../../../lib/image/names.ts";
import { label, type Scenario, waiting, withContainer } from "./common.ts";

const name = "recorded";
const spec = {
  ...waiting,
  OpenStdin: true,
  StdinOnce: true,
  User: "1000:1000",
  Env: ["A=b"],
  WorkingDir: "/tmp",
  HostConfig: {
    ...waiting.HostConfig,
    ReadonlyRootfs: true,
    CapDrop: ["ALL"],
    SecurityOpt: ["no-new-privileges"],
    PidsLimit: 64,
    Tmpfs: { "/tmp": "size=16m" },
    Ulimits: [{ Name: "nofile", Soft: 64, Hard: 64 }],
    LogConfig: { Type: "json-file", Config: { "max-size": "1m" } },
  },
};

/** A container from its making to its removal. */
export const containers: Scenario = async (recorder) => {
  const { call, refused } = recorder;
  const filters = { label: [label] };
  const { Id: id } = await call("POST /containers/create", { query: { name }, body: spec });
  await refused("POST /containers/create", { query: { name }, body: spec });
  await refused("POST /containers/create", { body: { Image: "recorded/nothing:1" } });
  await refused("POST /containers/create", { body: { ...spec, HostConfig: { Memory: 1 } } });
  await call("GET /containers/{id}/json", { path: { id }, query: { size: true } });
  await refused("GET /containers/{id}/json", { path: { id: "nowhere" } });
  await call("GET /containers/json", { query: { all: true, filters } });
  await refused("POST /containers/{id}/kill", { path: { id } });
  await call("POST /containers/{id}/start", { path: { id } });
  await call("POST /containers/{id}/start", { path: { id } });
  await refused("POST /containers/{id}/start", { path: { id: "nowhere" } });
  await call("GET /containers/{id}/json", { path: { id: name } });
  await call("GET /containers/json", { query: { filters } });
  await call("GET /containers/{id}/top", { path: { id } });
  await refused("DELETE /containers/{id}", { path: { id } });
  await call("POST /containers/{id}/update", {
    path: { id },
    body: { Memory: 134_217_728, MemorySwap: 134_217_728 },
  });
  await call("POST /containers/{id}/rename", { path: { id }, query: { name: `${name}-anew` } });
  await call("POST /containers/{id}/pause", { path: { id } });
  await refused("POST /containers/{id}/pause", { path: { id } });
  await call("POST /containers/{id}/unpause", { path: { id } });
  await call("POST /containers/{id}/restart", { path: { id }, query: { t: 0 } });
  const exit = call("POST /containers/{id}/wait", { path: { id }, query: { condition: "next-exit" } });
  await call("POST /containers/{id}/stop", { path: { id }, query: { t: 0 } });
  await exit;
  await call("POST /containers/{id}/stop", { path: { id } });
  await refused("GET /containers/{id}/top", { path: { id } });
  await call("POST /containers/{id}/wait", { path: { id } });
  await call("DELETE /containers/{id}", { path: { id }, query: { v: true } });
  await refused("DELETE /containers/{id}", { path: { id } });
  await call("POST /containers/{id}/wait", { path: { id }, query: { condition: "removed" } }).catch(
    () => undefined,
  );
  await withContainer(recorder, "recorded-kill", async (killed) => {
    await call("POST /containers/{id}/start", { path: { id: killed } });
    await call("POST /containers/{id}/kill", { path: { id: killed }, query: { signal: "SIGKILL" } });
  });
  await call("POST /containers/create", { query: { name: "recorded-pruned" }, body: waiting });
  await call("POST /containers/prune", { query: { filters } });
  await refused("POST /containers/{id}/start", { path: { id: await broken(recorder) } });
};

/** A container whose program is not there. */
async function broken({ call }: Parameters<Scenario>[0]): Promise<string> {
  const body = {
    Image: defaultImage,
    Cmd: ["/nothing"],
    Labels: { [label]: "1" },
    HostConfig: { NetworkMode: "none", AutoRemove: true },
  };
  return (await call("POST /containers/create", { body, query: { name: "recorded-broken" } })).Id;
}
