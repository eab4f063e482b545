/** What the client does to the process that uses it: nothing. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import * as assert from "uvu/assert";
import {
  frame,
  type Handler,
  hijack,
  json,
  type Routes,
  startStubEngine,
} from "../../engine-api/testing/mod.ts";
import { suite } from "../support/suite.ts";

const test = suite("engine-api: the process that uses it");
const program = fileURLToPath(new URL("../fixtures/engine-api/ends-by-itself.ts", import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

function run(endpoint: string, mode: string, signal: AbortSignal): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--import", "tsx", program, endpoint, mode], { signal });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (piece) => {
        output += String(piece);
      });
    child.once("error", reject).once("close", (code) => resolve({ code, output }));
  });
}

const open =
  (piece: Uint8Array | string): Handler =>
  async (exchange) => {
    exchange.head(200, { "content-type": "application/json" });
    await exchange.write(piece);
  };

const routes: Routes = {
  "GET /info": json(200, {}),
  "GET /version": () => new Promise(() => undefined),
  "GET /containers/{id}/json": json(200, { Config: { Tty: false } }),
  "GET /containers/{id}/logs": open(frame("stdout", "x")),
  "GET /events": open('{"Type":"container"}\n'),
  "POST /containers/{id}/attach": hijack((socket) => void socket.write(frame("stdout", "x"))),
  "POST /containers/{id}/wait": ({ head }) => head(200, {}),
};

for (const mode of ["import", "create", "call", "left", "background", "closed"])
  test(`ends by itself: ${mode}`, async ({ signal }) => {
    await using engine = await startStubEngine(routes);
    assert.equal(await run(engine.endpoint, mode, signal), { code: 0, output: `did ${mode}\n` });
    await engine.idle();
  });

test("streams that are cut while nobody reads them do not end it", async ({ signal }) => {
  const engine = await startStubEngine({ ...routes, "POST /build/prune": () => void engine.close() });
  const ended = await run(engine.endpoint, "lost", signal);
  assert.equal(ended, { code: 0, output: "still here\ndid lost\n" });
});

test.run();
