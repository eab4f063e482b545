import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { checkConfigFile, loadConfig } from "../../../lib/config/load-config.ts";
import { writeConfig } from "../../../lib/config/write-config.ts";
import { ConfigError } from "../../../lib/errors.ts";
import { defaultImage } from "../../../lib/image/names.ts";
import { defaultPolicy, modes, type NumericLimit } from "../../../lib/policy/policy.ts";
import { resolvePoolOptions } from "../../../lib/pool/options.ts";
import { resolveAdmission } from "../../../lib/run/admission.ts";
import { rejectionOf } from "../../support/catch-error.ts";
import { suite } from "../../support/suite.ts";

const test = suite("loading a configuration");
const folder = mkdtempSync(join(tmpdir(), "brigbox-config-"));
const MiB = 1024 ** 2;

function file(name: string, text: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test("the default profile says in words what the built-in defaults are", async () => {
  const { policy, image, endpoint, verify, pool, admission } = await loadConfig({ environment: {} });
  assert.equal(pool, resolvePoolOptions({ size: 0 }));
  assert.equal(admission, resolveAdmission({}));
  assert.equal(policy, defaultPolicy);
  assert.equal({ image, endpoint, verify }, { image: defaultImage, endpoint: null, verify: "inspect" });
});

test("the strict profile is nowhere weaker than the default one, and stricter in every limit of resources", async () => {
  const { policy, verify } = await loadConfig({ profile: "strict", environment: {} });
  for (const [name, limit] of Object.entries(defaultPolicy)) {
    const strict = policy[name as NumericLimit];
    if (typeof limit === "number") assert.ok(typeof strict === "number" && strict <= limit, name);
  }
  for (const [name, words] of Object.entries(modes)) assert.is(policy[name as "audit"], words.at(-1), name);
  assert.ok(policy.memoryBytes < defaultPolicy.memoryBytes && policy.cpuTimeMs !== null);
  assert.is(verify, "attack");
});

test("doing without containers is for a file to say, but not over a profile that forbids it", async () => {
  const asked = file("fallback.yaml", "fallback: direct");
  assert.is((await loadConfig({ environment: {} })).fallback, "none");
  assert.is((await loadConfig({ file: asked, environment: {} })).fallback, "direct");
  await rejectionOf(
    loadConfig({ profile: "strict", file: asked, environment: {} }),
    ConfigError,
    /^fallback: direct: the policy says directExecution "forbidden"/,
  );
  const allowing = file("allowing.yaml", "verify: inspect\ncontainment: { directExecution: allowed }");
  const variable = { BRIGBOX_CONTAINMENT_DIRECT_EXECUTION: "allowed" };
  for (const sources of [{ file: allowing, environment: {} }, { environment: variable }])
    await rejectionOf(
      loadConfig({ profile: "strict", ...sources }),
      ConfigError,
      /directExecution: the profile forbids it, and nothing on top of it can allow it/,
    );
  assert.is((await loadConfig({ environment: variable })).policy.directExecution, "allowed");
  const attacked = file("attacked.yaml", "fallback: direct\nverify: attack");
  await rejectionOf(checkConfigFile(attacked, {}), ConfigError, /has no jail/);
  const misspelt = file("misspelt.yaml", "fallback: driect");
  await rejectionOf(
    checkConfigFile(misspelt, {}),
    ConfigError,
    /misspelt\.yaml:1: fallback: must be .*mean "direct"/,
  );
});

test("pool and admission come from files and variables, with units, and null for no limit", async () => {
  const path = file(
    "pool.yaml",
    "pool: { size: 4, preload: [numpy, pandas], maxAge: 90s, maxIdle: null }\nadmission: { maxConcurrent: 6, memoryShare: 0.5 }",
  );
  const environment = { BRIGBOX_POOL_SIZE: "2", BRIGBOX_ADMISSION_MAX_CONCURRENT: "null" };
  const { pool, admission } = await loadConfig({ file: path, environment });
  assert.equal(pool, {
    size: 2,
    preload: ["numpy", "pandas"],
    maxAgeMs: 90_000,
    maxIdleMs: Number.POSITIVE_INFINITY,
    refillConcurrency: 1,
  });
  assert.equal(admission, {
    maxConcurrent: Number.POSITIVE_INFINITY,
    maxQueued: 1000,
    memoryShare: 0.5,
    cpuShare: 4,
  });
});

test("the environment wins over the file, and that over the profile", async () => {
  const path = file("order.yaml", "limits: { memory: 256MiB, timeout: 20s }");
  const { policy } = await loadConfig({
    profile: "strict",
    file: path,
    environment: { BRIGBOX_LIMITS_TIMEOUT: "10s" },
  });
  assert.equal([policy.memoryBytes, policy.timeoutMs, policy.maxProcesses], [256 * MiB, 10_000, 16]);
});

test("profile and file can be chosen by the environment, where nobody else chooses", async () => {
  const path = file("chosen.yaml", "limits: { cpus: 2 }");
  const environment = { BRIGBOX_PROFILE: "strict", BRIGBOX_CONFIG: path };
  const chosen = await loadConfig({ environment });
  assert.equal([chosen.policy.cpus, chosen.verify], [2, "attack"]);
  assert.is((await loadConfig({ profile: "default", environment })).verify, "inspect");
});

test("a profile can be a file of one's own", async () => {
  const path = file("own.yaml", "verify: off\n");
  const { verify, policy, image } = await loadConfig({ profile: path, environment: {} });
  assert.equal([verify, image], ["off", defaultImage]);
  assert.equal(policy, defaultPolicy);
});

test("where a file lowers the memory alone, the file systems in it shrink too", async () => {
  const { policy } = await loadConfig({
    file: file("small.yaml", "limits: { memory: 64MiB }"),
    environment: {},
  });
  assert.equal([policy.tmpBytes, policy.shmBytes], [16 * MiB, 8 * MiB]);
});

test("null in the environment takes a limit away", async () => {
  const { policy } = await loadConfig({
    profile: "strict",
    environment: { BRIGBOX_LIMITS_CPU_TIME: "null" },
  });
  assert.is(policy.cpuTimeMs, null);
});

test("empty variables and those of others are not looked at", async () => {
  const environment = {
    BRIGBOX_LIMITS_MEMORY: "",
    BRIGBOX_CONFIG: "",
    BRIGBOXES: "1",
    BRIGBOX_SOMETHING_ELSE: "1",
    BRIGBOX_LOG_LEVEL: "debug",
    BRIGBOX_LOG: "json",
  };
  assert.equal((await loadConfig({ environment })).policy, defaultPolicy);
});

test("every setting tells where it comes from", async () => {
  const path = file("origins.yaml", "\nlimits:\n  cpus: 1\n");
  const { settings } = await loadConfig({ file: path, environment: { BRIGBOX_VERIFY: "off" } });
  const last = new Map(settings.map(({ field, origin }) => [field.path, origin]));
  assert.is(last.get("limits.cpus"), `${path}:3`);
  assert.is(last.get("verify"), "variable BRIGBOX_VERIFY");
  assert.match(last.get("limits.memory") ?? "", /^profiles\/default\.yaml:\d+$/);
});

const bad: readonly (readonly [string, Parameters<typeof loadConfig>[0], RegExp])[] = [
  [
    "a misspelt variable",
    { environment: { BRIGBOX_LIMITS_MEMROY: "1" } },
    /did you mean BRIGBOX_LIMITS_MEMORY\?/,
  ],
  [
    "a misspelt variable of the command's log",
    { environment: { BRIGBOX_LOG_LEVL: "debug" } },
    /did you mean BRIGBOX_LOG_LEVEL\?/,
  ],
  [
    "a variable of the wrong form",
    { environment: { BRIGBOX_LIMITS_CPUS: "hunter2" } },
    /^the variable BRIGBOX_LIMITS_CPUS must hold a number/,
  ],
  [
    "a variable out of range",
    { environment: { BRIGBOX_LIMITS_CPUS: "99999" } },
    /^the variable BRIGBOX_LIMITS_CPUS: must be from 0\.01 to 1024$/,
  ],
  ["an unknown word", { environment: { BRIGBOX_VALIDATOR_MODE: "hunter2" } }, /must be off, basic, strict$/],
  [
    "a module that is none",
    { environment: { BRIGBOX_POOL_PRELOAD: "hunter2;" } },
    /^the variable BRIGBOX_POOL_PRELOAD: must be names of modules$/,
  ],
  [
    "an unknown profile",
    { profile: "strct", environment: {} },
    /unknown profile "strct"; did you mean "strict"\?/,
  ],
  [
    "a missing file",
    { file: "/nowhere/x.yaml", environment: {} },
    /cannot use \/nowhere\/x\.yaml as a configuration: there is no such file/,
  ],
  ["a directory", { file: folder, environment: {} }, /it is a directory/],
  [
    "bytes that are no text",
    { file: file("binary.yaml", new Uint8Array([0xff, 0xfe, 0x00])), environment: {} },
    /is not UTF-8/,
  ],
  [
    "a file that is too long",
    { file: file("long.yaml", `#${"x".repeat(300_000)}`), environment: {} },
    /256 KiB are the most/,
  ],
  [
    "file systems larger than the memory",
    { file: file("tmp.yaml", "limits: { tmp: 3GiB }"), environment: {} },
    /^\S*tmp\.yaml: tmpBytes and shmBytes together/,
  ],
];

for (const [name, sources, message] of bad) {
  test(`${name} is refused`, async () => {
    const error = await rejectionOf(loadConfig(sources), ConfigError, message);
    assert.not.match(error.message, /hunter2|\n/);
  });
}

test("a checked file gives its own settings, and faults that show only over the defaults", async () => {
  assert.is((await checkConfigFile(file("one.yaml", "verify: off"), {})).length, 1);
  await rejectionOf(checkConfigFile(file("two.yaml", "limits: { tmp: 3GiB }"), {}), ConfigError, /together/);
});

test("what is written reads as the same configuration", async () => {
  const environment = {
    BRIGBOX_LIMITS_TIMEOUT: "1.5s",
    BRIGBOX_VALIDATOR_IMPORTS: "scipy,ta.momentum",
    BRIGBOX_ENDPOINT: "unix:///a$" + "{b}",
    BRIGBOX_POOL_PRELOAD: "numpy,pandas.io",
    BRIGBOX_POOL_MAX_IDLE: "null",
    BRIGBOX_ADMISSION_MAX_QUEUED: "5",
  };
  const config = await loadConfig({ profile: "strict", environment });
  const again = await loadConfig({ profile: file("again.yaml", writeConfig(config)), environment: {} });
  const { settings: _one, ...before } = config;
  const { settings: _two, ...after } = again;
  assert.equal(after, before);
});

test.after(() => rmSync(folder, { recursive: true, force: true }));
test.run();
