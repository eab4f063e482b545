import { pluginName, type Scenario } from "./common.ts";

const remote = "127.0.0.1:1/recorded/plugin:1";
const config = JSON.stringify({
  description: "recorded",
  documentation: "",
  entrypoint: ["/none"],
  interface: { types: ["docker.volumedriver/1.0"], socket: "recorded.sock" },
  network: { type: "none" },
  env: [{ name: "LEVEL", description: "", settable: ["value"], value: "1" }],
  linux: { capabilities: [] },
});

/** A plugin that does nothing; what needs a registry finds none. */
export const plugins: Scenario = async ({ call, refused, stream }) => {
  const name = pluginName;
  const path = { name };
  await call("POST /plugins/create", {
    query: { name: "127.0.0.1:1/recorded/plugin" },
    archive: [
      { name: "config.json", type: "file", text: config },
      { name: "rootfs/", type: "directory" },
      { name: "rootfs/hello.txt", type: "file", text: "hello\n" },
    ],
  });
  await call("GET /plugins");
  await call("GET /plugins", { query: { filters: { enabled: ["true"] } } });
  await call("GET /plugins/{name}/json", { path });
  await call("POST /plugins/{name}/set", { path, body: ["LEVEL=2"] });
  await refused("POST /plugins/{name}/set", { path, body: ["NOTHING=2"] });
  await refused("POST /plugins/{name}/enable", { path, query: { timeout: 1 } });
  await refused("POST /plugins/{name}/disable", { path });
  await refused("POST /plugins/{name}/upgrade", { path, query: { remote }, body: [] });
  await stream("POST /plugins/{name}/push", { path });
  await call("DELETE /plugins/{name}", { path, query: { force: true } });
  await refused("GET /plugins/{name}/json", { path });
  await refused("DELETE /plugins/{name}", { path });
  await call("GET /plugins/privileges", { query: { remote } });
  await refused("POST /plugins/pull", { query: { remote }, body: [] });
};
