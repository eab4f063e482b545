import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { runCommand } from "../../support/cli.ts";
import { suite } from "../../support/suite.ts";

const test = suite("the command line");
let folder = "";
let code = "";

test.before(() => {
  folder = mkdtempSync(join(tmpdir(), "cli-"));
  code = join(folder, "code.py");
  writeFileSync(code, "result = 1");
  writeFileSync(join(folder, "data.txt"), "x");
});
test.after(() => rmSync(folder, { recursive: true }));

/** None of these may get as far as an Engine. */
const nowhere = ["-H", "unix:///nowhere.sock"];

const usageErrors: readonly (readonly [string, () => readonly string[], RegExp])[] = [
  ["an unknown command", () => ["rum"], /unknown command 'rum'.*Did you mean run/],
  [
    "an unknown option",
    () => ["run", code, "--tmeout", "3"],
    /unknown option '--tmeout'.*Did you mean --timeout/,
  ],
  ["a missing file argument", () => ["run"], /missing required argument 'file'/],
  ["a file too many", () => ["run", code, code], /too many arguments/],
  ["an option without its value", () => ["run", code, "--timeout"], /argument missing/],
  ["a file that is not there", () => ["run", join(folder, "no.py")], /there is no such file/],
  [
    "a timeout of 0",
    () => ["run", code, "--timeout", "0"],
    /timeoutMs: 0 ms is too little; the least is 10 ms/,
  ],
  [
    "a timeout that is none",
    () => ["run", code, "-t", "soon"],
    /--timeout: "soon" is not a duration; write it like 30s/,
  ],
  ["a negative timeout", () => ["run", code, "--timeout=-1s"], /not a duration/],
  ["no memory", () => ["run", code, "--memory", "0"], /memoryBytes: 0 B is too little; the least is 32 MiB/],
  [
    "a memory that is none",
    () => ["run", code, "-m", "lots"],
    /--memory: "lots" is not a size; write it like 512MiB/,
  ],
  ["a petabyte of memory", () => ["run", code, "-m", "1024TiB"], /too much; the most is 1 TiB/],
  ["no processor", () => ["run", code, "--cpus", "0"], /cpus: 0 is too little; the least is 0.01/],
  ["processors that are none", () => ["run", code, "-c", "two"], /--cpus: "two" is not a number/],
  ["an input without a name", () => ["run", code, "-i", "data.csv"], /write it like prices=prices.csv/],
  [
    "an input of an unknown kind",
    () => ["run", code, "-i", `x=${join(folder, "data.txt")}`],
    /ends with none of .csv, .json, .npy/,
  ],
  [
    "an input that is not there",
    () => ["run", code, "-i", `x=${join(folder, "no.csv")}`],
    /input "x": there is no such file/,
  ],
  ["two files of one name", () => ["run", code, "-f", code, "-f", code], /two files "code.py"/],
  ["a name that is none", () => ["run", code, "-r", "1a"], /returns: "1a" is not a Python name/],
  ["an address that is none", () => ["-H", "what", "run", code], /cannot use the Docker endpoint "what"/],
  ["a recipe that is none", () => ["image", "build", "--recipe", "magic"], /neither dockerfile nor debian/],
  [
    "a build argument that is none",
    () => ["image", "build", "--build-arg", "x"],
    /write it like PANDAS_VERSION/,
  ],
];

for (const [name, args, message] of usageErrors) {
  test(`${name} is a mistake of usage, told in one line`, async () => {
    const given = args();
    const { exitCode, out, err } = await runCommand(given[0] === "-H" ? given : [...nowhere, ...given]);
    assert.is(exitCode, 2, err);
    assert.match(err, message);
    assert.is(err.trimEnd().split("\n").length, 1, err);
    assert.is(out, "");
  });
}

for (const args of [["run", "-"], ["ps"], ["image", "ls"], ["image", "rm"], ["setup", "--yes"], ["doctor"]]) {
  test(`brigbox ${args.join(" ")} says that there is no Engine, and ends with 69`, async () => {
    const { exitCode, out, err } = await runCommand([...nowhere, ...args], { stdin: "pass" });
    assert.is(exitCode, 69);
    assert.match(out + err, /unix:\/\/\/nowhere\.sock/);
  });
}

test("help tells every command and every exit code", async () => {
  const { exitCode, out } = await runCommand(["--help"]);
  assert.is(exitCode, 0);
  for (const word of ["setup", "run", "doctor", "image", "ps", "69 no Engine"])
    assert.ok(out.includes(word), word);
});

test("help of a command tells its options with their defaults", async () => {
  const { out } = await runCommand(["run", "--help"]);
  for (const word of [
    "--input",
    "--file",
    "--returns",
    "--timeout",
    "600s",
    "--memory",
    "2GiB",
    "--cpus",
    "--out",
    "--json",
  ]) {
    assert.ok(out.includes(word), word);
  }
});

for (const name of ["setup", "run", "doctor", "image", "ps", "reap", "config", "validate"]) {
  test(`the help of ${name} is the same whether it alone is loaded or all commands are`, async () => {
    const { out } = await runCommand([name, "--help"]);
    assert.match(out, new RegExp(`^Usage: brigbox ${name} `));
    assert.is((await runCommand(["help", name])).out, out);
  });
}

/** How many files of undici, which is all that talks to an Engine, a process with this command has loaded. */
function loadedForEngine(args: readonly string[]): number {
  const main = new URL("../../../lib/cli/main.ts", import.meta.url).href;
  const program = `
    import { createRequire } from "node:module";
    await import(${JSON.stringify(main)});
    const loaded = Object.keys(createRequire(${JSON.stringify(main)}).cache);
    console.error(loaded.filter((path) => path.includes("/node_modules/undici/")).length);`;
  const flags = ["--import", "tsx", "--input-type=module", "--eval", program, "--", "brigbox"];
  const { stderr } = spawnSync(process.execPath, [...flags, ...args], { encoding: "utf8" });
  assert.match(stderr, /^\d+\n$/);
  return Number(stderr);
}

test("a command loads what it needs: the check of a file no client of the Engine", () => {
  assert.is(loadedForEngine(["validate", code]), 0);
  assert.ok(loadedForEngine(["ps", "--help"]) > 0);
});

test("without arguments the help is shown, as a mistake", async () => {
  const { exitCode, err } = await runCommand([]);
  assert.is(exitCode, 2);
  assert.match(err, /Usage: brigbox/);
});

test("the version is the package's", async () => {
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  assert.is((await runCommand(["--version"])).out, `${version}\n`);
});

test.run();
