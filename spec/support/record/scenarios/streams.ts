import { startContainer, waitContainer } from "../../../../engine-api/mod.ts";
import { giveTinyImage, type Scenario, tinyImage, withContainer } from "./common.ts";

const talks = { Cmd: ["sh", "-c", "echo out; sleep 0.2; echo err >&2"] };
const both = { stdout: true, stderr: true };

/** What a container writes, reads, uses and holds. */
export const streams: Scenario = async (recorder) => {
  const { client, call, refused, stream, upgrade } = recorder;
  await withContainer(
    recorder,
    "recorded-attach",
    async (id) => {
      const path = { id };
      const query = { stream: true, ...both };
      await upgrade("POST /containers/{id}/attach", {
        path,
        query,
        onOpen: () => startContainer(client, id),
      });
      await (await waitContainer(client, id, { condition: "not-running" })).exit;
      await stream("GET /containers/{id}/logs", { path, query: { ...both, timestamps: true } });
      await stream("GET /containers/{id}/logs", { path, query: { ...both, follow: true, tail: "1" } });
      await refused("GET /containers/{id}/logs", { path });
      await refused("GET /containers/{id}/attach/ws", { path, query: { stream: true } });
      await refused("POST /containers/{id}/resize", { path, query: { h: 24, w: 80 } });
    },
    talks,
  );
  await withContainer(
    recorder,
    "recorded-stdin",
    async (id) => {
      await upgrade("POST /containers/{id}/attach", {
        path: { id },
        query: { stream: true, stdin: true, ...both },
        onOpen: () => startContainer(client, id),
        input: "hello\n",
      });
    },
    { Cmd: ["tr", "a-z", "A-Z"], OpenStdin: true, StdinOnce: true },
  );
  await withContainer(
    recorder,
    "recorded-terminal",
    async (id) => {
      const path = { id };
      await upgrade("POST /containers/{id}/attach", {
        path,
        query: { stream: true, ...both },
        onOpen: async () => {
          await startContainer(client, id);
          await call("POST /containers/{id}/resize", { path, query: { h: 24, w: 80 } });
        },
      });
      await stream("GET /containers/{id}/logs", { path, query: both });
    },
    { Cmd: ["sh", "-c", "sleep 0.5; stty size"], Tty: true },
  );
  const nowhere = { id: "nowhere" };
  await refused("GET /containers/{id}/logs", { path: nowhere, query: both });
  await refused("GET /containers/{id}/stats", { path: nowhere, query: { stream: false } });
  await refused("POST /containers/{id}/attach", { path: nowhere, query: both });
  await withContainer(recorder, "recorded-stats", async (id) => {
    const path = { id };
    await startContainer(client, id);
    await call("GET /containers/{id}/stats", { path, query: { stream: false, "one-shot": true } });
    await stream("GET /containers/{id}/stats", { path, query: { stream: true }, pieces: 1 });
  });
  await files(recorder);
};

async function files(recorder: Parameters<Scenario>[0]): Promise<void> {
  const { call, refused, stream } = recorder;
  await giveTinyImage(recorder);
  await withContainer(
    recorder,
    "recorded-files",
    async (id) => {
      const path = { id };
      const archive = [{ name: "more.txt", type: "file", text: "more\n" } as const];
      await call("PUT /containers/{id}/archive", { path, query: { path: "/" }, archive });
      await refused("PUT /containers/{id}/archive", { path, query: { path: "/nowhere" }, archive });
      await call("HEAD /containers/{id}/archive", { path, query: { path: "/more.txt" } });
      await refused("HEAD /containers/{id}/archive", { path, query: { path: "/nowhere" } });
      await stream("GET /containers/{id}/archive", { path, query: { path: "/more.txt" } });
      await refused("GET /containers/{id}/archive", { path, query: { path: "/nowhere" } });
      await call("GET /containers/{id}/changes", { path });
      await stream("GET /containers/{id}/export", { path });
      await refused("GET /containers/{id}/export", { path: { id: "nowhere" } });
    },
    { Image: tinyImage, Cmd: ["/none"] },
  );
  await call("DELETE /images/{name}", { path: { name: tinyImage } });
}
