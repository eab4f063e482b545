import { killContainer, startContainer } from "../../../../engine-api/mod.ts";
import { type Scenario, withContainer } from "./common.ts";

/** What the Engine tells of itself, and what happens on it. */
export const system: Scenario = async (recorder) => {
  const { client, call, refused, stream } = recorder;
  await call("GET /_ping");
  await call("HEAD /_ping");
  await call("GET /version");
  await call("GET /info");
  await call("GET /system/df");
  await refused("POST /auth", {
    body: { username: "somebody", password: "redacted", serveraddress: "http://127.0.0.1:1" },
  });
  await refused("POST /session");
  const since = (Date.now() / 1000).toFixed(3);
  let container = "";
  await withContainer(recorder, "recorded-events", async (id) => {
    container = id;
    await startContainer(client, id);
    await killContainer(client, id);
  });
  const until = (Date.now() / 1000 + 1).toFixed(3);
  const event = ["create", "start", "kill", "destroy"];
  await stream("GET /events", { query: { since, until, filters: { container: [container], event } } });
  await refused("GET /events", { query: { since: "yesterday" } });
};
