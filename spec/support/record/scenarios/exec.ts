import { startContainer } from "../../../../engine-api/mod.ts";
import { type Scenario, withContainer } from "./common.ts";

/** Commands in a running container. */
export const exec: Scenario = async (recorder) => {
  const { client, call, refused, upgrade } = recorder;
  await withContainer(recorder, "recorded-exec", async (container) => {
    const path = { id: container };
    const streams = { AttachStdin: true, AttachStdout: true, AttachStderr: true };
    await refused("POST /containers/{id}/exec", { path, body: { Cmd: ["true"] } });
    await startContainer(client, container);
    const body = {
      ...streams,
      Cmd: ["sh", "-c", "cat; sleep 0.3; echo err >&2; exit 3"],
      Env: ["A=b"],
      User: "1000",
      WorkingDir: "/tmp",
    };
    const { Id: id } = await call("POST /containers/{id}/exec", { path, body });
    await call("GET /exec/{id}/json", { path: { id } });
    await upgrade("POST /exec/{id}/start", {
      path: { id },
      body: { Detach: false, Tty: false },
      input: "hello\n",
    });
    await call("GET /exec/{id}/json", { path: { id } });
    await refused("POST /exec/{id}/start", { path: { id }, body: { Detach: true } });
    const terminal = { AttachStdout: true, Tty: true, Cmd: ["sh", "-c", "sleep 0.5; stty size"] };
    const { Id: seen } = await call("POST /containers/{id}/exec", { path, body: terminal });
    await upgrade("POST /exec/{id}/start", {
      path: { id: seen },
      body: { Detach: false, Tty: true },
      onOpen: () => call("POST /exec/{id}/resize", { path: { id: seen }, query: { h: 33, w: 44 } }),
    });
    const { Id: alone } = await call("POST /containers/{id}/exec", { path, body: { Cmd: ["true"] } });
    await call("POST /exec/{id}/start", { path: { id: alone }, body: { Detach: true } });
    await refused("POST /containers/{id}/exec", { path, body: { Cmd: [] } });
  });
  await refused("POST /containers/{id}/exec", { path: { id: "nowhere" }, body: { Cmd: ["true"] } });
  await refused("GET /exec/{id}/json", { path: { id: "nowhere" } });
  await refused("POST /exec/{id}/resize", { path: { id: "nowhere" }, query: { h: 24, w: 80 } });
  await refused("POST /exec/{id}/start", { path: { id: "nowhere" }, body: { Detach: true } });
};
