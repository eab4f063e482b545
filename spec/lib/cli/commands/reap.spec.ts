import * as assert from "uvu/assert";
import { empty, json, type Routes } from "../../../../engine-api/testing/mod.ts";
import { currentOwner } from "../../../../lib/ownership.ts";
import { type CliResult, runCommand } from "../../../support/cli.ts";
import { listedContainer, runIdOf, strangers } from "../../../support/left-behind.ts";
import { suite } from "../../../support/suite.ts";
import { withStubEngine } from "../../../support/with-engine.ts";

const test = suite("brigbox reap");

const me = currentOwner();
const fresh = { createdAtMs: Math.floor(Date.now() / 1000) * 1000, deadlineMs: Date.now() + 600_000 };
const orphan = listedContainer({
  ...fresh,
  runId: runIdOf(1),
  owner: { ...me, pid: 2 ** 31 - 1 },
  state: "created",
});
const inUse = listedContainer({ ...fresh, runId: runIdOf(2), owner: me });

function reapWith(
  args: readonly string[],
  routes: Routes,
  listed: unknown = [orphan, inUse],
): Promise<CliResult> {
  let result: CliResult = { exitCode: -1, out: "", err: "" };
  const all: Routes = {
    "GET /containers/json": json(200, listed),
    "GET /info": json(200, { SystemTime: new Date().toISOString() }),
    [`DELETE /containers/${orphan["Id"]}`]: empty(204),
    ...routes,
  };
  return withStubEngine(all, async ({ endpoint }) => {
    result = await runCommand(["-H", endpoint, "reap", ...args]);
  }).then(() => result);
}

test("the table tells of each sandbox why it went or stayed", async () => {
  const { exitCode, out, err } = await reapWith([], {});
  assert.equal([exitCode, err], [0, ""]);
  const [head, first, second, ...rest] = out.trimEnd().split("\n");
  assert.match(head ?? "", /^RUN +CONTAINER +STATE +AGE +OUTCOME +REASON$/);
  assert.match(first ?? "", /^0+1 {2}a{12} {2}created .* removed {2}its owner, process 2147483647, is gone$/);
  assert.match(
    second ?? "",
    new RegExp(`^0+2 {2}a{12} {2}running .* kept {5}its owner, process ${me.pid}, lives$`),
  );
  assert.equal(rest, []);
});

test("a dry run says what would go", async () => {
  const { exitCode, out } = await reapWith(["--dry-run"], {
    [`DELETE /containers/${orphan["Id"]}`]: json(500, {}),
  });
  assert.is(exitCode, 0);
  assert.match(out, /would go {2}its owner, process 2147483647, is gone/);
});

test("--all takes those in use as well", async () => {
  const { out } = await reapWith(["--all", "--dry-run"], {});
  assert.match(out, new RegExp(`would go  its owner, process ${me.pid}, lives`));
});

test("--label narrows what is listed", async () => {
  await withStubEngine({ "GET /containers/json": json(200, []) }, async ({ endpoint, requests }) => {
    const { exitCode, out } = await runCommand(["-H", endpoint, "reap", "--label", "a=1", "--label", "b"]);
    assert.equal([exitCode, out], [0, "no sandbox exists\n"]);
    assert.match(decodeURIComponent(requests.at(-1)?.url ?? ""), /\["brigbox\.run","a=1","b"\]/);
  });
});

test("--json is an array with one object a sandbox, and nothing else", async () => {
  const { out } = await reapWith(["--json"], {});
  const rows = JSON.parse(out) as readonly Record<string, unknown>[];
  assert.equal(
    rows.map(({ runId, verdict, outcome }) => [runId, verdict, outcome]),
    [
      [runIdOf(1), "orphan", "removed"],
      [runIdOf(2), "alive", "kept"],
    ],
  );
  assert.is((await reapWith(["--json"], {}, [])).out, "[]\n");
});

test("what cannot be removed is told with the Engine's words, and ends with 70", async () => {
  const { exitCode, out } = await reapWith([], {
    [`DELETE /containers/${orphan["Id"]}`]: json(500, { message: "driver\u001b[2J failed" }),
    [`POST /containers/${orphan["Id"]}/kill`]: empty(204),
  });
  assert.is(exitCode, 70);
  assert.match(out, /NOT REMOVED {2}its owner, process 2147483647, is gone; .*driver\^\[\[2J failed/);
});

test("strangers are shown, kept, and cannot play with the terminal", async () => {
  const stranger = { ...(strangers[0]?.[1] ?? {}), State: "\u001b[2J" };
  const { exitCode, out } = await reapWith(["--all"], {}, [stranger]);
  assert.is(exitCode, 0);
  assert.match(out, /\n\? .* kept {5}its labels are not of a version that is known here\n$/);
  assert.not(out.includes("\u001b"));
});

test("no Engine is 69, an Engine that refuses 70", async () => {
  assert.is((await runCommand(["-H", "unix:///nowhere.sock", "reap"])).exitCode, 69);
  const { exitCode, err } = await reapWith([], { "GET /containers/json": json(500, { message: "no" }) });
  assert.is(exitCode, 70);
  assert.match(err, /^brigbox: GET \/containers\/json answered 500: no\n$/);
});

test.run();
