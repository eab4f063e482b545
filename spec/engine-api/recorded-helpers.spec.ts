/** The helpers over what real Engines answered. */
import { unpackTar } from "modern-tar";
import * as assert from "uvu/assert";
import {
  attachContainer,
  buildImage,
  collectOutput,
  containerLogs,
  containerStats,
  createClient,
  createContainer,
  diskUsage,
  type EngineClient,
  engineInfo,
  getArchive,
  ImageError,
  type ImageProgress,
  importImage,
  isNotFound,
  killContainer,
  listContainers,
  listImages,
  listNetworks,
  listVolumes,
  loadImages,
  prune,
  pullImage,
  pushImage,
  ResponseError,
  removeContainer,
  runExec,
  startContainer,
  statPath,
  stopContainer,
  waitContainer,
  watchEvents,
  watchStats,
} from "../../engine-api/mod.ts";
import { rejection, rejectionOf } from "../support/catch-error.ts";
import { readRecordings, recordedVersions } from "../support/record/read-recordings.ts";
import type { Recording } from "../support/record/recording.ts";
import { startReplay } from "../support/record/replay.ts";
import { suite } from "../support/suite.ts";

const test = suite("engine-api/recorded, by the helpers");

/** A recording by its operation, and by what else it is known by. */
type Wanted = string | readonly [operation: string, fits: (recording: Recording) => boolean];

const isRefused = ({ answer }: Recording): boolean => answer.status >= 400;

function find(recordings: readonly Recording[], wanted: Wanted): Recording {
  const [operation, fits] =
    typeof wanted === "string" ? [wanted, (given: Recording) => !isRefused(given)] : wanted;
  const found = recordings.find((recording) => recording.operation === operation && fits(recording));
  if (found === undefined) throw new Error(`nothing fitting was recorded of ${operation}`);
  return found;
}

/** One test for each version, with a stub that answers these recordings in turn. */
function specify(
  name: string,
  wanted: readonly Wanted[],
  body: (client: EngineClient, recordings: readonly Recording[]) => Promise<void>,
): void {
  for (const api of recordedVersions)
    test(`API ${api}: ${name}`, async () => {
      const all = readRecordings(api).flatMap(({ recordings }) => recordings);
      const chosen = wanted.map((one) => find(all, one));
      await using engine = await startReplay(api, chosen);
      await using client = createClient({ endpoint: engine.endpoint, retries: 0 });
      await body(client, chosen);
      assert.is(engine.asked.length, chosen.length);
    });
}

async function textsOf(progress: AsyncIterable<ImageProgress>): Promise<string> {
  let all = "";
  for await (const { text } of progress) all += text;
  return all;
}

const noBytes = new Uint8Array(0);

specify(
  "a container is made, started, waited for, stopped and removed",
  [
    "POST /containers/create",
    ["POST /containers/{id}/wait", ({ request }) => request.query?.condition === "next-exit"],
    "POST /containers/{id}/start",
    ["POST /containers/{id}/start", ({ answer }) => answer.status === 304],
    "POST /containers/{id}/stop",
    "DELETE /containers/{id}",
    ["DELETE /containers/{id}", ({ answer }) => answer.status === 404],
  ],
  async (client) => {
    const { id, warnings } = await createContainer(client, { Image: "x" });
    assert.match(id, /^c0ffee\d{6}/);
    assert.ok(Array.isArray(warnings));
    const wait = await waitContainer(client, id);
    await startContainer(client, id);
    await startContainer(client, id);
    await stopContainer(client, id);
    assert.equal(await wait.exit, { exitCode: 137, error: null });
    await removeContainer(client, id);
    assert.ok(isNotFound(await rejection(removeContainer(client, id))));
  },
);

specify(
  "one that does not run is not killed, and one that does is",
  [["POST /containers/{id}/kill", ({ answer }) => answer.status === 409], "POST /containers/{id}/kill"],
  async (client) => {
    assert.is(await killContainer(client, "x"), false);
    assert.is(await killContainer(client, "x"), true);
  },
);

specify(
  "lists come whole",
  [
    "GET /containers/json",
    "GET /images/json",
    "GET /networks",
    "GET /volumes",
    "GET /info",
    "GET /system/df",
  ],
  async (client, [containers, images, networks, , info, df]) => {
    assert.equal(await listContainers(client), containers?.answer.json);
    assert.equal(await listImages(client), images?.answer.json);
    assert.equal(await listNetworks(client), networks?.answer.json);
    assert.equal(
      (await listVolumes(client)).map(({ Name }) => Name),
      ["recorded"],
    );
    assert.equal(await engineInfo(client), info?.answer.json);
    assert.equal(await diskUsage(client), df?.answer.json);
  },
);

specify(
  "output comes apart, by attach and by log",
  [
    [
      "POST /containers/{id}/attach",
      ({ answer, request }) => answer.frames !== undefined && request.input === undefined,
    ],
    [
      "GET /containers/{id}/logs",
      ({ request, answer }) => request.query?.timestamps === undefined && answer.frames !== undefined,
    ],
    ["POST /containers/{id}/attach", ({ how, answer }) => how === "upgrade" && answer.text !== undefined],
  ],
  async (client) => {
    const { output } = await attachContainer(client, "x");
    assert.equal(await collectOutput(output), { stdout: "out\n", stderr: "err\n", isTruncated: false });
    const { stderr } = await collectOutput(containerLogs(client, "x", { tty: false }));
    assert.is(stderr, "err\n");
    const terminal = await attachContainer(client, "x", { tty: true });
    assert.is((await collectOutput(terminal.output)).stdout, "24 80\r\n");
  },
);

specify(
  "a command reads its input, and its exit code is known",
  [
    "POST /containers/{id}/exec",
    ["POST /exec/{id}/start", ({ request }) => request.input !== undefined],
    ["GET /exec/{id}/json", ({ answer }) => (answer.json as { ExitCode?: unknown })?.ExitCode === 3],
  ],
  async (client) => {
    const result = await runExec(client, "x", { command: ["x"] }, { input: "hello\n" });
    assert.equal(result, { exitCode: 3, stdout: "hello\n", stderr: "err\n", isTruncated: false });
  },
);

specify(
  "what a container uses, once and as a stream",
  [
    ["GET /containers/{id}/stats", (given) => given.how === "request" && !isRefused(given)],
    ["GET /containers/{id}/stats", ({ how }) => how === "stream"],
  ],
  async (client, [once]) => {
    assert.equal(await containerStats(client, "x"), once?.answer.json);
    for await (const { pids_stats } of watchStats(client, "x")) assert.is(pids_stats?.current, 1000);
  },
);

specify(
  "files come as archives",
  [
    "HEAD /containers/{id}/archive",
    "GET /containers/{id}/archive",
    ["HEAD /containers/{id}/archive", isRefused],
  ],
  async (client) => {
    const stat = await statPath(client, "x", "/more.txt");
    assert.equal([stat.name, stat.size], ["more.txt", 5]);
    const archive = await getArchive(client, "x", "/more.txt");
    assert.equal(archive.stat, stat);
    const pieces = [];
    for await (const piece of archive.tar) pieces.push(piece);
    const [entry] = await unpackTar(Buffer.concat(pieces));
    assert.equal([entry?.header.name, String(Buffer.from(entry?.data ?? ""))], ["more.txt", "more\n"]);
    assert.ok(isNotFound(await rejection(statPath(client, "x", "/nowhere"))));
  },
);

specify("events come one by one", ["GET /events"], async (client) => {
  const actions = [];
  for await (const { Action } of watchEvents(client)) actions.push(Action);
  assert.equal(actions, ["create", "start", "kill", "destroy"]);
});

specify(
  "images are built, imported and pruned; what fails on the way is an error with the Engine's words",
  [
    "POST /build",
    ["POST /build", ({ answer }) => JSON.stringify(answer.lines).includes("errorDetail")],
    ["POST /build", isRefused],
    "POST /images/create",
    ["POST /images/create", isRefused],
    "POST /images/load",
    "POST /images/{name}/push",
    "POST /images/prune",
  ],
  async (client) => {
    assert.match(
      await textsOf(buildImage(client, noBytes, { tag: "x" })),
      /Successfully tagged recorded\/built:1/,
    );
    await rejectionOf(textsOf(buildImage(client, noBytes, { tag: "x" })), ImageError, /nothing\.txt/);
    await rejectionOf(textsOf(buildImage(client, noBytes, { tag: "x" })), ResponseError, /Nowhere/);
    const imported = importImage(client, noBytes, { repository: "x", tag: "1" });
    assert.match(await textsOf(imported), /sha256:c0ffee/);
    const nobody = { auth: null };
    await rejectionOf(textsOf(pullImage(client, "x", nobody)), ResponseError, /connection refused/);
    await rejectionOf(textsOf(loadImages(client, noBytes)), ImageError, /repositories/);
    await rejectionOf(textsOf(pushImage(client, "x", nobody)), ImageError, /connection refused/);
    assert.match((await prune(client, "images")).removed.join(), /sha256:c0ffee/);
  },
);

test.run();
