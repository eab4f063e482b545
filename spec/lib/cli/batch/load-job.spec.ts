import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { checkSpec, loadJob, type SharedOptions, shareOptions } from "../../../../lib/cli/batch/load-job.ts";
import { type JobSpec, parseJob } from "../../../../lib/cli/batch/parse-job.ts";
import { ConfigError } from "../../../../lib/errors.ts";
import { defaultPolicy } from "../../../../lib/policy/policy.ts";
import { errorOf, rejectionOf } from "../../../support/catch-error.ts";
import { suite } from "../../../support/suite.ts";

const test = suite("jobs with their files");
const folder = mkdtempSync(join(tmpdir(), "load-"));
test.after(() => rmSync(folder, { recursive: true }));

const plain: SharedOptions = { image: "i:1", policy: defaultPolicy, inputs: {}, files: {}, returns: null };

function specOf(job: object): JobSpec {
  return parseJob(job, { at: "jobs.jsonl:7", defaultId: "x", resolvePath: (path) => join(folder, path) });
}

async function hashOf(job: object, shared: Partial<SharedOptions> = {}): Promise<string> {
  return (await loadJob(specOf(job), shareOptions({ ...plain, ...shared }))).hash;
}

writeFileSync(join(folder, "a.py"), "result = 1");
writeFileSync(join(folder, "empty.py"), " \n");
writeFileSync(join(folder, "p.csv"), "x\n1\n");
writeFileSync(join(folder, "q.csv"), "x\n2\n");

test("a job of its own wins over what all share", async () => {
  const shared = shareOptions({
    ...plain,
    inputs: { a: 1, b: 2 },
    files: { "f.txt": Buffer.from("shared"), "g.txt": Buffer.from("shared") },
    returns: ["a"],
  });
  const own = { code: "x", inputs: { b: 3 }, files: { "g.txt": "own" }, limits: { timeout: "5s" } };
  const { code, options } = await loadJob(specOf(own), shared);
  assert.equal({ code, inputs: { ...options.inputs } }, { code: "x", inputs: { a: 1, b: 3 } });
  assert.is(Buffer.from(options.files?.["g.txt"] ?? "").toString(), "own");
  assert.is(Buffer.from(options.files?.["f.txt"] ?? "").toString(), "shared");
  assert.equal(options.returns, ["a"]);
  assert.is((options as { timeoutMs?: number }).timeoutMs, 5000);
});

test("the hash is the same for the same job, whatever it is called", async () => {
  const hash = await hashOf({ code: "x", inputs: { a: 1, b: 2 } });
  assert.match(hash, /^[0-9a-f]{32}$/);
  assert.is(await hashOf({ id: "other", code: "x", inputs: { b: 2, a: 1 } }), hash);
  assert.is(
    await hashOf({ code: "x", inputs: { a: 1 } }, { inputs: { b: 2 } }),
    hash,
    "wherever it comes from",
  );
});

const base = { code: "x", inputs: { a: 1 }, inputFiles: { p: "p.csv" }, files: { f: "text" } };
const changes: readonly (readonly [string, object, Partial<SharedOptions>])[] = [
  ["the code", { code: "y" }, {}],
  ["an input", { inputs: { a: 2 } }, {}],
  ["the name of an input", { inputs: { b: 1 } }, {}],
  ["the content of an input's file", { inputFiles: { p: "q.csv" } }, {}],
  ["a file", { files: { f: "other" } }, {}],
  ["the name of a file", { files: { g: "text" } }, {}],
  ["what comes back", { returns: ["a"] }, {}],
  ["a limit", { limits: { timeout: "5s" } }, {}],
  ["a limit of all jobs", {}, { policy: { ...defaultPolicy, memoryBytes: 2 ** 29 } }],
  ["the image", {}, { image: "i:2" }],
  ["an input of all jobs", {}, { inputs: { shared: 1 } }],
];

for (const [name, job, shared] of changes)
  test(`another hash comes of a change of ${name}`, async () => {
    assert.is.not(await hashOf({ ...base, ...job }, shared), await hashOf(base));
  });

test("what can be found wrong without reading files is found, with its place", () => {
  const bad: readonly (readonly [object, RegExp])[] = [
    [{ code: "x", limits: { memory: "4GiB" } }, /^jobs\.jsonl:7: memoryBytes: a run may only lower/],
    [{ code: "x", validator: { mode: "off" } }, /^jobs\.jsonl:7: validator: a run may only be stricter/],
    [{ code: "x", returns: ["1a"] }, /^jobs\.jsonl:7: returns: "1a" is not a Python name/],
    [{ file: "none.py", inputFiles: { "a=b": "x.csv" } }, /^jobs\.jsonl:7: inputs: "a=b" is not a Python/],
    [{ code: "x", files: { "../a": "" } }, /^jobs\.jsonl:7: files: "\.\.\/a" must be a relative path/],
    [{ code: "x".repeat(5_000_000) }, /^jobs\.jsonl:7: the code is longer than 4 MiB/],
  ];
  for (const [job, message] of bad) {
    const error = errorOf(() => checkSpec(specOf(job), shareOptions(plain)));
    assert.instance(error, ConfigError);
    assert.match(error.message, message);
  }
  checkSpec(specOf({ ...base, file: "none.py", code: undefined }), shareOptions(plain));
});

test("files that cannot be used are told with the place of the job", async () => {
  const bad: readonly (readonly [object, RegExp])[] = [
    [{ file: "none.py" }, /^jobs\.jsonl:7: cannot use .*none\.py as the code: there is no such file$/],
    [{ file: "empty.py" }, /^jobs\.jsonl:7: .*it is empty$/],
    [{ code: "x", inputFiles: { p: "none.csv" } }, /^jobs\.jsonl:7: .*there is no such file$/],
    [{ code: "x", inputFiles: { p: "a.py" } }, /^jobs\.jsonl:7: .*ends with none of/],
    [{ code: "x", files: { p: { path: "none" } } }, /^jobs\.jsonl:7: .*there is no such file$/],
  ];
  for (const [job, message] of bad)
    await rejectionOf(loadJob(specOf(job), shareOptions(plain)), ConfigError, message);
});

test.run();
