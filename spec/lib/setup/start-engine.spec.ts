import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { createClient } from "../../../engine-api/mod.ts";
import { SandboxError } from "../../../lib/errors.ts";
import { type EnginePlaces, startEngine } from "../../../lib/setup/start-engine.ts";
import { rejection, rejectionOf } from "../../support/catch-error.ts";
import { isAlive } from "../../support/is-alive.ts";
import { suite } from "../../support/suite.ts";

const test = suite("starting an Engine");
const folders: string[] = [];
const daemons: number[] = [];

test.after(() => {
  for (const pid of daemons) process.kill(pid);
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

interface Stage {
  readonly places: EnginePlaces;
  readonly endpoint: string;
  readonly folder: string;
}

/** A made-up machine whose `dockerd` is this JavaScript; `serve()` in it answers pings at the socket. */
function setStage(body: string): Stage {
  const folder = mkdtempSync(join(tmpdir(), "start-engine-"));
  folders.push(folder);
  const program = join(folder, "dockerd");
  const socketPath = join(folder, "docker.sock");
  const source = `#!${process.execPath}
    const { writeFileSync } = require("node:fs");
    const args = process.argv.slice(2);
    function serve() {
      const server = require("node:http").createServer((request, answer) => answer.writeHead(200, { "api-version": "1.41" }).end());
      server.listen(${JSON.stringify(socketPath)});
      writeFileSync(${JSON.stringify(join(folder, "served.pid"))}, String(process.pid));
    }
    ${body}`;
  writeFileSync(program, source);
  chmodSync(program, 0o755);
  const places: EnginePlaces = {
    systemdFolder: join(folder, "no-systemd"),
    pidFile: join(folder, "docker.pid"),
    containerdPidFile: join(folder, "containerd.pid"),
    logFile: join(folder, "log/dockerd.log"),
    startTimeoutMs: 10_000,
    program,
  };
  return { places, endpoint: `unix://${socketPath}`, folder };
}

async function start({ places, endpoint, folder }: Stage, signal?: AbortSignal): Promise<string> {
  await using client = createClient({ endpoint });
  try {
    return await startEngine(client, { places, ...(signal && { signal }) });
  } finally {
    const file = join(folder, "served.pid");
    if (existsSync(file)) daemons.push(Number(readFileSync(file, "utf8")));
  }
}

test("a daemon is started, and answers", async () => {
  assert.is(await start(setStage("serve();")), "started dockerd");
});

test("where no bridge can be made, it is started without one", async () => {
  const stage = setStage(
    'if (args.length === 0) { console.log("iptables failed"); process.exit(1); } serve();',
  );
  assert.is(await start(stage), "started dockerd --bridge=none --iptables=false");
  assert.match(readFileSync(stage.places.logFile ?? "", "utf8"), /iptables failed/);
});

test("pid files that outlived their processes are out of the way before it starts", async () => {
  const stage = setStage(
    'const { existsSync } = require("node:fs"); if (existsSync(__dirname + "/docker.pid") || existsSync(__dirname + "/containerd.pid")) process.exit(1); serve();',
  );
  writeFileSync(stage.places.pidFile ?? "", "999999999");
  writeFileSync(stage.places.containerdPidFile ?? "", "not a number");
  assert.is(await start(stage), "started dockerd");
});

test("a pid file whose number another program got since is stale too", async () => {
  const stage = setStage("serve();");
  writeFileSync(stage.places.pidFile ?? "", String(process.pid));
  assert.is(await start(stage), "started dockerd");
});

test("where it cannot start, the error holds the end of its log", async () => {
  const stage = setStage('console.error("failed to mount cgroup"); process.exit(1);');
  const words = /dockerd does not start; the end of .*dockerd\.log: .*failed to mount cgroup/;
  await rejectionOf(start(stage), SandboxError, words);
});

test("a program that cannot be run is an error, not a hang", async () => {
  const stage = setStage("");
  const broken = { ...stage, places: { ...stage.places, program: join(stage.folder, "no-such-program") } };
  await rejectionOf(start(broken), SandboxError, /ENOENT/);
});

test("a machine without dockerd is told so", async () => {
  const stage = setStage("");
  const bare = { ...stage, places: { ...stage.places, program: null } };
  await rejectionOf(start(bare), SandboxError, /not installed/);
});

test("a daemon that never answers is ended again", async () => {
  const stage = setStage(
    'writeFileSync(__dirname + "/mute.pid", String(process.pid)); setInterval(() => {}, 1000);',
  );
  const mute = { ...stage, places: { ...stage.places, startTimeoutMs: 400 } };
  await rejectionOf(start(mute), SandboxError);
  const pid = Number(readFileSync(join(stage.folder, "mute.pid"), "utf8"));
  assert.not.ok(isAlive(pid));
});

test("an abort stops the waiting and ends the daemon", async () => {
  const stage = setStage(
    'writeFileSync(__dirname + "/mute.pid", String(process.pid)); setInterval(() => {}, 1000);',
  );
  const controller = new AbortController();
  const starting = rejection(start(stage, controller.signal));
  while (!existsSync(join(stage.folder, "mute.pid"))) await new Promise((resolve) => setTimeout(resolve, 10));
  const reason = new Error("enough");
  controller.abort(reason);
  assert.is(await starting, reason);
  const pid = Number(readFileSync(join(stage.folder, "mute.pid"), "utf8"));
  assert.not.ok(isAlive(pid));
});

test.run();
