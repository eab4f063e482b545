import { getResponse, HttpResponse, http } from "msw";
import * as assert from "uvu/assert";
import {
  attachContainer,
  ConnectionError,
  collectOutput,
  createClient,
  type EngineClient,
  isNotFound,
  listContainers,
  ProtocolError,
  runExec,
  watchEvents,
} from "../../engine-api/mod.ts";
import {
  answerBy,
  chunks,
  cut,
  empty,
  frame,
  garbage,
  halfClose,
  hang,
  hijack,
  inTurn,
  json,
  jsonLines,
  late,
  type Routes,
  refuseConnection,
  startStubEngine,
  stubApiVersion,
} from "../../engine-api/testing/mod.ts";
import { rejection, rejectionOf } from "../support/catch-error.ts";
import { eventually } from "../support/eventually.ts";
import { suite } from "../support/suite.ts";

const test = suite("brigbox/testing");

async function withStub(routes: Routes, body: (client: EngineClient) => Promise<void>): Promise<void> {
  await using engine = await startStubEngine(routes);
  await using client = createClient({ endpoint: engine.endpoint, retries: 0 });
  await body(client);
}

/** What a user of ours might have written. */
async function namesOfRunning(client: EngineClient): Promise<readonly string[]> {
  const containers = await listContainers(client);
  return containers.map(({ Names }) => Names?.[0]?.slice(1) ?? "?");
}

test("a program of one's own is tested without Docker, from the negotiation on", async () => {
  await using engine = await startStubEngine({
    "GET /containers/json": json(200, [{ Id: "c0ffee", Names: ["/web"] }]),
  });
  await using client = createClient({ endpoint: engine.endpoint });
  assert.equal(await namesOfRunning(client), ["web"]);
  assert.equal(
    engine.requests.map(({ method, url }) => `${method} ${url.replace(/\?.*/, "")}`),
    ["HEAD /_ping", `GET /v${stubApiVersion}/containers/json`],
  );
});

test("a route with a name in braces fits anything there, and what fits none is 404 in the Engine's form", async () => {
  await withStub({ "GET /containers/{id}/json": json(200, { Id: "x" }) }, async (client) => {
    assert.is((await client.request("GET /containers/{id}/json", { path: { id: "any" } })).Id, "x");
    const error = await rejection(client.request("GET /volumes/{name}", { path: { name: "x" } }));
    assert.ok(isNotFound(error));
    assert.match(error.engineMessage, /page not found: GET \/volumes\/x/);
  });
});

test("a command's life is scripted: create, hijack with stdin, exit code", async () => {
  let received = "";
  const routes: Routes = {
    "POST /containers/{id}/exec": json(201, { Id: "e1" }),
    "POST /exec/{id}/start": hijack((socket) => {
      socket.on("data", (bytes) => {
        received += String(bytes);
      });
      socket.once("end", () => {
        socket.write(frame("stdout", received.toUpperCase()));
        socket.end(frame("stderr", "done"));
      });
    }),
    "GET /exec/{id}/json": json(200, { ExitCode: 3 }),
  };
  await withStub(routes, async (client) => {
    const result = await runExec(client, "web", { command: ["x"] }, { input: "hello" });
    assert.equal(result, { exitCode: 3, stdout: "HELLO", stderr: "done", isTruncated: false });
  });
});

test("output is scripted by frames, in any pieces", async () => {
  const bytes = Buffer.concat([frame("stdout", "out"), frame("stderr", "err")]);
  const route = hijack(async (socket) => {
    for (const byte of bytes) socket.write(Buffer.from([byte]));
    socket.end();
  });
  await withStub({ "POST /containers/{id}/attach": route }, async (client) => {
    const { output } = await attachContainer(client, "web");
    assert.equal(await collectOutput(output), { stdout: "out", stderr: "err", isTruncated: false });
  });
});

test("events are scripted as they come", async () => {
  const events = [
    { Type: "container", Action: "start", timeNano: 1 },
    { Type: "container", Action: "die", timeNano: 2 },
  ];
  await withStub({ "GET /events": jsonLines(events) }, async (client) => {
    const actions = [];
    for await (const { Action } of watchEvents(client)) actions.push(Action);
    assert.equal(actions, ["start", "die"]);
  });
});

test("handlers of Mock Service Worker answer, with bodies, statuses and parameters", async () => {
  const handlers = [
    http.get("http://docker/:version/containers/:id/json", ({ params }) =>
      HttpResponse.json({ Id: params.id }),
    ),
    http.post("http://docker/:version/volumes/create", async ({ request }) =>
      HttpResponse.json((await request.json()) as Record<string, unknown>, { status: 201 }),
    ),
    http.delete("http://docker/:version/volumes/:name", () => new HttpResponse(null, { status: 204 })),
    http.head("http://docker/_ping", () => new HttpResponse(null, { headers: { "api-version": "1.45" } })),
  ];
  await withStub({ "*": answerBy((request) => getResponse(handlers, request)) }, async (client) => {
    assert.is(await client.apiVersion(), "1.45");
    assert.is((await client.request("GET /containers/{id}/json", { path: { id: "a" } })).Id, "a");
    assert.is((await client.request("POST /volumes/create", { body: { Name: "v" } })).Name, "v");
    assert.is(await client.request("DELETE /volumes/{name}", { path: { name: "v" } }), undefined);
    assert.ok(isNotFound(await rejection(client.request("GET /info"))));
  });
});

const faults: readonly (readonly [
  name: string,
  handler: Routes[string],
  error: new (...args: never[]) => Error,
])[] = [
  ["a connection that is cut before the answer", refuseConnection(), ConnectionError],
  ["an answer that is cut in the middle", cut(200, '{"a":'), ConnectionError],
  ["bytes that are no HTTP", garbage("nonsense\r\n\r\n"), ConnectionError],
  ["JSON that is none", chunks(["{"]), ProtocolError],
];

for (const [name, handler, error] of faults)
  test(`${name} can be had`, async () => {
    await withStub({ "GET /info": handler }, async (client) => {
      await rejectionOf(client.request("GET /info"), error, /./);
    });
  });

test("an answer that never comes, a late one, and one that fails at first", async () => {
  const routes = {
    "GET /info": hang(),
    "GET /version": late(30, json(200, { Version: "1" })),
    "GET /volumes": inTurn(json(500, { message: "once" }), json(200, { Volumes: [] })),
    "GET /networks": empty(204),
  };
  await withStub(routes, async (client) => {
    await rejectionOf(client.request("GET /info", { timeoutMs: 30 }), Error, /given up/);
    assert.is((await client.request("GET /version")).Version, "1");
    assert.match(String(await rejection(client.request("GET /volumes"))), /once/);
    assert.equal((await client.request("GET /volumes")).Volumes, []);
    assert.is(await client.request("GET /networks"), undefined);
  });
});

test("an Engine that ends its side first: the end of output, or an answer that is too short", async () => {
  const routes = {
    "POST /containers/{id}/attach": halfClose(frame("stdout", "last words")),
    "GET /info": halfClose('{"NCPU":'),
    "GET /events": halfClose('{"Type":"container"}\n'),
  };
  await using engine = await startStubEngine(routes);
  await using client = createClient({ endpoint: engine.endpoint, retries: 0 });
  const { output } = await attachContainer(client, "web", { stdin: true });
  assert.is((await collectOutput(output)).stdout, "last words");
  await rejectionOf(client.request("GET /info"), ConnectionError, /closed/);
  const types: unknown[] = [];
  const watch = async () => {
    for await (const { Type } of watchEvents(client)) types.push(Type);
  };
  await rejectionOf(watch(), ConnectionError, /closed/);
  assert.equal(types, ["container"]);
  await engine.idle();
});

test("what stays open is told, and closed at the end", async () => {
  const engine = await startStubEngine({ "GET /info": hang() });
  const client = createClient({ endpoint: engine.endpoint, retries: 0 });
  const call = rejection(client.request("GET /info"));
  await eventually(() => engine.requests.some(({ url }) => url.endsWith("/info")));
  await rejectionOf(engine.idle(), Error, /connections are still open/);
  await engine.close();
  assert.instance(await call, ConnectionError);
  await client.close();
});

test.run();
