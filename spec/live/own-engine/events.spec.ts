/** What happens to the client's streams when the Engine is started anew. */
import * as assert from "uvu/assert";
import {
  attachContainer,
  ConnectionError,
  createClient,
  createContainer,
  createVolume,
  engineInfo,
  removeContainer,
  startContainer,
  waitContainer,
  watchEvents,
} from "../../../engine-api/mod.ts";
import { defaultImage } from "../../../lib/image/names.ts";
import { rejection } from "../../support/catch-error.ts";
import { eventually } from "../../support/eventually.ts";
import { type OwnEngine, startOwnEngine } from "../../support/own-engine.ts";
import { suite } from "../../support/suite.ts";

const test = suite("streams over an Engine's new start");
let engine: OwnEngine;

test.before(async () => {
  engine = await startOwnEngine();
});
test.after(() => engine.close());

test(
  "events go on behind the new start, and none is given twice",
  async ({ signal }) => {
    await using client = createClient({ endpoint: engine.endpoint });
    const seen: string[] = [];
    let losses = 0;
    const watching = (async () => {
      const options = { filters: { type: ["volume"] }, resume: true, signal, onReconnect: () => losses++ };
      for await (const { Action, Actor } of watchEvents(client, options)) {
        if (Action === "create" && seen.push(Actor?.ID ?? "") === 2) return;
      }
    })();
    await createVolume(client, { Name: "before" });
    await eventually(() => seen.length === 1);
    await engine.stop();
    await eventually(() => losses > 0);
    await engine.start();
    await createVolume(client, { Name: "after" });
    await watching;
    assert.equal(seen, ["before", "after"]);
  },
  { timeoutMs: 90_000 },
);

test(
  "what else was open is told to be lost, and the client goes on to work",
  async () => {
    await using client = createClient({ endpoint: engine.endpoint });
    const { id } = await createContainer(client, { Image: defaultImage, Cmd: ["sleep", "600"] });
    const { output } = await attachContainer(client, id);
    const wait = await waitContainer(client, id);
    await startContainer(client, id);
    const events = rejection(watchEvents(client).next());
    await engine.stop("SIGKILL");
    assert.instance(await rejection(wait.exit), ConnectionError);
    assert.instance(await events, ConnectionError);
    for await (const _ of output);
    assert.instance(await rejection(engineInfo(client)), ConnectionError);
    await engine.start();
    assert.ok((await engineInfo(client)).ServerVersion);
    await removeContainer(client, id, { force: true });
  },
  { timeoutMs: 90_000 },
);

test.run();
