import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { exitCodes } from "../../lib/cli/exit-codes.ts";
import { runCli } from "../../lib/cli/program.ts";
import { captureOutput, runCommand } from "../support/cli.ts";
import { countContainers } from "../support/containers-of.ts";
import { eventually } from "../support/eventually.ts";
import { suite } from "../support/suite.ts";

const test = suite("the command on a real Engine");
let folder = "";

test.before(() => {
  folder = mkdtempSync(join(tmpdir(), "cli-live-"));
});
test.after(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

test("a run prints what the code prints, then its values, and its verdict on stderr", async () => {
  const path = write("hello.py", "print('hello')\nresult = [1, 2]\n");
  const { exitCode, out, err } = await runCommand(["run", path]);
  assert.is(exitCode, 0);
  assert.is(out, "hello\nresult: [1,2]\n");
  assert.match(
    err,
    /^✔ ok: finished in .*\n {2}.* CPU, .*MiB at most \(.*B by the code\), .* in all, container gone\n$/,
  );
});

test("--timings tells of every phase what it took, cleanup included; with --json the result does", async () => {
  const path = write("timed.py", "result = 1\n");
  const { err } = await runCommand(["run", path, "--timings"]);
  const phases = ["validate", "queue", "create", "start", "ready", "run", "collect", "cleanup"];
  const line = err.trimEnd().split("\n").at(-1) ?? "";
  for (const phase of phases) assert.match(line, new RegExp(`\\b${phase} [0-9.]+ ms`));
  assert.not.match(line, /cleanup 0\.0 ms/);
  const json = await runCommand(["run", path, "--timings", "--json"]);
  assert.is(json.err, "");
  assert.ok(JSON.parse(json.out).timings.cleanupMs > 0);
});

test("--stats tells again and again what the container uses, on stderr", async () => {
  const path = write("slow.py", "import time\nprint('begun')\ntime.sleep(600)\n");
  const [out, err] = [captureOutput(), captureOutput()];
  const stop = new AbortController();
  const around = { out, err, stdin: noInput(), env: {}, signal: stop.signal, confirm: null };
  const ended = runCli(["run", path, "--stats", "--json", "--memory", "512MiB"], around);
  await eventually(() => err.text() !== "");
  stop.abort();
  assert.is(await ended, exitCodes.killed);
  assert.match(err.text(), /^( {2}\+\d+\.\d s: .*iB of 512 MiB, .*\d process(es)?.*\n)+$/);
  assert.is(JSON.parse(out.text()).status, "cancelled");
});

async function* noInput(): AsyncGenerator<Uint8Array> {}

test("--json prints one result and nothing else", async () => {
  const path = write(
    "frame.py",
    "import pandas as pd\nprint('noise')\nsignal = pd.DataFrame({'a': [1, 2], 'b': [0.5, None]}, index=['x', 'y'])\n",
  );
  const { exitCode, out, err } = await runCommand(["run", path, "--json"]);
  assert.is(exitCode, 0);
  assert.is(err, "");
  assert.is(out.split("\n").length, 2);
  const result = JSON.parse(out);
  assert.equal(result.values.signal, {
    type: "dataframe",
    shape: [2, 2],
    columns: ["a", "b"],
    dtypes: { a: "int64", b: "float64" },
    index: ["x", "y"],
    data: { a: [1, 2], b: [0.5, null] },
  });
  assert.is(result.stdout, "noise\n");
  assert.is(await countContainers(result.runId), 0);
});

const verdicts: readonly (readonly [string, string, readonly string[], number, RegExp])[] = [
  [
    "an exception",
    "x = 1\nprint(undefined_name)\n",
    [],
    1,
    /line 2, in <module>\n {4}print\(undefined_name\)\n.*NameError.*\n✖ error: NameError: name 'undefined_name' is not defined \(line 2\)/s,
  ],
  [
    "a timeout",
    "import time\nprint('before', flush=True)\ntime.sleep(60)",
    ["--timeout", "1s"],
    4,
    /✖ timeout: still running after its limit of 1 s/,
  ],
  ["too much CPU time", "while True: pass", ["--cpu-time", "300ms"], 4, /✖ cpu-timeout/],
  [
    "too little memory",
    "x = bytearray(200 * 1024**2)\nfor i in range(0, len(x), 4096): x[i] = 1",
    ["--memory", "64MiB"],
    5,
    /✖ oom: ran out of its 64 MiB/,
  ],
  [
    "too much output",
    "while True: print('x' * 1000)",
    [],
    6,
    /✖ output-limit: standard output passed the limit of 1 MiB/,
  ],
];

for (const [name, code, flags, expected, text] of verdicts) {
  test(`${name} ends with ${expected}`, async () => {
    const { exitCode, err } = await runCommand(["run", "-", ...flags], { stdin: code });
    assert.is(exitCode, expected, err);
    assert.match(err, text);
    assert.match(err, /container gone/);
  });
}

test("inputs, files and artifacts go in and out", async () => {
  const csv = write("prices.csv", "symbol,price\nA,1.5\nB,\n");
  const json = write("options.json", '{"lookback": 12}');
  const note = write("note.txt", "from outside");
  const code = `
import os
text = open('/tmp/in/renamed.txt').read()
os.makedirs('/tmp/out/sub')
open('/tmp/out/sub/answer.txt', 'w').write(text.upper())
result = [list(prices.dtypes.astype(str)), options['lookback']]
`;
  const out = join(folder, "artifacts");
  const args = [
    "run",
    "-",
    "-i",
    `prices=${csv}`,
    "-i",
    `options=${json}`,
    "-f",
    `renamed.txt=${note}`,
    "--out",
    out,
    "--validator",
    "off",
    "--audit",
    "off",
  ];
  const run = await runCommand(args, { stdin: code });
  assert.is(run.exitCode, 0, run.err);
  assert.is(run.out, 'result: [["object","float64"],12]\n');
  assert.is(readFileSync(join(out, "sub/answer.txt"), "utf8"), "FROM OUTSIDE");
  assert.match(run.err, /artifact sub\/answer\.txt: 12 B, written to /);
});

test("on a terminal, control characters of the code are shown and not obeyed", async () => {
  const { out } = await runCommand(["run", "-"], { stdin: "print('\\x1b]0;owned\\x07')", isTerminal: true });
  assert.is(out, "^[]0;owned^G\n");
});

test("into a pipe, bytes stay as they are", async () => {
  const { out } = await runCommand(["run", "-", "--validator", "off"], {
    stdin: "import sys; sys.stdout.buffer.write(b'\\x1b[1m')",
  });
  assert.is(out, "\u001b[1m\n");
});

test("an image that does not exist is told with the way out", async () => {
  const { exitCode, err } = await runCommand(["run", "-", "--image", "brigbox-no-such-image:1"], {
    stdin: "pass",
  });
  assert.is(exitCode, 70);
  assert.match(
    err,
    /^brigbox: the image brigbox-no-such-image:1 is not on this Engine; run "brigbox image build"/,
  );
});

test("more memory than the machine has is refused", async () => {
  const { exitCode, err } = await runCommand(["run", "-", "--memory", "1TiB"], { stdin: "pass" });
  assert.is(exitCode, 2);
  assert.match(err, /memoryBytes: 1 TiB is more than the .* of the Engine's machine/);
});

test("doctor finds this Engine fit", async () => {
  const { exitCode, out } = await runCommand(["doctor"]);
  assert.is(exitCode, 0, out);
  for (const title of [
    "Engine",
    "API version",
    "Cgroups",
    "Seccomp",
    "Swap limit",
    "Storage driver",
    "Runtimes",
    "Clock",
    "Image",
  ]) {
    assert.match(out, new RegExp(`^[✔!] ${title} `, "m"));
  }
  const checks = JSON.parse((await runCommand(["doctor", "--json"])).out) as { id: string; status: string }[];
  assert.ok(checks.every(({ status }) => status !== "failure"));
});

test("setup on a machine that has all changes nothing, and ends with a trial run", async () => {
  const { exitCode, out, err } = await runCommand(["setup"]);
  assert.is(exitCode, 0, out + err);
  assert.match(out, /✔ Trial run .*python 3\.\d+.*numpy .*pandas .*nothing left behind/);
});

interface Running {
  readonly pid: number;
  readonly runId: string;
  readonly exit: Promise<unknown[]>;
  err(): string;
}

/** The command as a process of its own, once its code runs. */
async function startProcess(code: string): Promise<Running> {
  const child = spawn(process.execPath, ["--import", "tsx", "lib/cli/main.ts", "run", "-"], {
    stdio: "pipe",
  });
  child.stdin.end(code);
  let [out, err] = ["", ""];
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  const exit = once(child, "close");
  for await (const text of child.stdout.setEncoding("utf8")) {
    out += text;
    if (out.includes("\n")) break;
  }
  return { pid: child.pid ?? 0, runId: await findRun(child.pid ?? 0), exit, err: () => err };
}

async function findRun(pid: number): Promise<string> {
  const rows = JSON.parse((await runCommand(["ps", "--json"])).out) as { run: string; owner: string }[];
  return rows.find(({ owner }) => owner.endsWith(`process ${pid}`))?.run ?? "";
}

test("Ctrl-C ends a run in order, and nothing is left", async () => {
  const running = await startProcess("import time\nprint('started', flush=True)\ntime.sleep(600)");
  assert.is.not(running.runId, "", "ps shows the run");
  process.kill(running.pid, "SIGINT");
  const [code] = await running.exit;
  assert.is(code, 7, running.err());
  assert.match(running.err(), /✖ cancelled: cancelled by the caller/);
  assert.is(await countContainers(running.runId), 0);
});

test("a second Ctrl-C ends the command at once, and the container ends itself", async () => {
  const running = await startProcess("import time\nprint('started', flush=True)\ntime.sleep(600)");
  process.kill(running.pid, "SIGINT");
  process.kill(running.pid, "SIGINT");
  await running.exit;
  for (let tries = 0; tries < 100 && (await countContainers(running.runId)) > 0; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.is(await countContainers(running.runId), 0);
});

test.run();
