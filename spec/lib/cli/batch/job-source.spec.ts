import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { openJobSource } from "../../../../lib/cli/batch/job-source.ts";
import type { JobSpec } from "../../../../lib/cli/batch/parse-job.ts";
import { ConfigError } from "../../../../lib/errors.ts";
import { writeFiles } from "../../../support/batch.ts";
import { rejectionOf } from "../../../support/catch-error.ts";
import { suite } from "../../../support/suite.ts";

const test = suite("where jobs are described");
const folder = mkdtempSync(join(tmpdir(), "jobs-"));
test.after(() => rmSync(folder, { recursive: true }));

async function specsOf(path: string): Promise<JobSpec[]> {
  const source = await openJobSource(path);
  const specs: JobSpec[] = [];
  for await (const spec of source.specs()) specs.push(spec);
  return specs;
}

let count = 0;

function linesOf(text: string | Uint8Array): Promise<JobSpec[]> {
  const path = join(folder, `jobs-${count++}.jsonl`);
  writeFileSync(path, text);
  return specsOf(path);
}

test("in a directory every Python file is a job, in the order of the paths, but for what is hidden or a link", async () => {
  const jobs = writeFiles(join(folder, "tree"), {
    "b.py": "",
    "a/z.py": "",
    "a/b/c.py": "",
    "a.py": "",
    "a-b.py": "",
    "notes.txt": "",
    ".hidden.py": "",
    ".venv/x.py": "",
  });
  symlinkSync(join(jobs, "b.py"), join(jobs, "link.py"));
  symlinkSync(jobs, join(jobs, "circle"));
  const specs = await specsOf(jobs);
  const ids = specs.map(({ id }) => id);
  assert.equal(ids, ["a-b.py", "a.py", "a/b/c.py", "a/z.py", "b.py"]);
  assert.equal(ids, [...ids].sort());
  assert.equal(specs[3]?.source, { path: join(jobs, "a/z.py") });
});

test("a line may hold all that a job can have", async () => {
  const job = {
    id: "größe",
    code: "result = 1",
    inputs: { a: 1, b: { c: [true, null] } },
    inputFiles: { p: "data/p.csv" },
    files: { "x/y.txt": "text", z: { path: "z.bin" } },
    returns: ["a"],
    limits: { timeout: "5s" },
    output: { stdout: "1KiB" },
  };
  const [spec, ...others] = await linesOf(JSON.stringify(job));
  assert.equal(others, []);
  const { inputs, ...rest } = spec as JobSpec;
  assert.is(JSON.stringify(inputs), '{"a":1,"b":{"c":[true,null]}}');
  assert.equal(rest, {
    id: "größe",
    at: `${join(folder, `jobs-${count - 1}.jsonl`)}:1`,
    source: { code: "result = 1" },
    inputPaths: { p: join(folder, "data/p.csv") },
    files: { "x/y.txt": "text", z: { path: join(folder, "z.bin") } },
    returns: ["a"],
    limits: { timeoutMs: 5000, stdoutBytes: 1024 },
  });
});

test("blank lines are passed over, and jobs without an id are called by their line", async () => {
  const specs = await linesOf('\n{"code":"a"}\r\n  \n{"file":"b.py"}');
  assert.equal(
    specs.map(({ id, source }) => [id, source]),
    [
      ["line-2", { code: "a" }],
      ["line-4", { path: join(folder, "b.py") }],
    ],
  );
});

test("a name of every object is a name like any other", async () => {
  const [spec] = await linesOf('{"code":"a","files":{"__proto__":"text"}}');
  assert.equal(Object.keys(spec?.files ?? {}), ["__proto__"]);
});

const bad: readonly (readonly [name: string, line: string | Uint8Array, message: RegExp])[] = [
  ["what is no JSON", '{"code": secret}', /:2: this is not JSON.*; each line must be one object$/],
  ["a list", "[1]", /:2: a job must be an object/],
  ["nothing", "null", /:2: a job must be an object/],
  ["neither code nor file", '{"id":"a"}', /:2: a job has either code or file$/],
  ["both", '{"code":"a","file":"b"}', /:2: a job has either code or file$/],
  ["code that is none", '{"code":5}', /:2: code must be a text, and not empty$/],
  ["no code in the code", '{"code":" "}', /:2: code must be a text, and not empty$/],
  ["a misspelt key", '{"code":"a","input":{}}', /:2: unknown key "input"; did you mean "inputs"\?$/],
  ["an empty id", '{"code":"a","id":""}', /:2: id must be a text of 1 to 1000 letters/],
  ["an id that is a number", '{"code":"a","id":5}', /:2: id must be a text/],
  ["an id with a line end", '{"code":"a","id":"a\\nb"}', /:2: id must be a text/],
  ["half a letter for an id", '{"code":"a","id":"\\ud800"}', /:2: id must be a text/],
  ["inputs that are no object", '{"code":"a","inputs":[1]}', /:2: inputs must be an object/],
  ["an input path that is none", '{"code":"a","inputFiles":{"x":1}}', /:2: inputFiles: "x" must be a path$/],
  ["a file that is neither", '{"code":"a","files":{"x":1}}', /:2: files: "x" must be a text, or/],
  ["a file with more", '{"code":"a","files":{"x":{"path":"a","b":1}}}', /:2: files: "x" must be a text, or/],
  ["names that are no list", '{"code":"a","returns":"x"}', /:2: returns must be a list of names/],
  ["a path upwards", '{"file":"../x.py"}', /:2: "\.\.\/x\.py" must be a path below the folder/],
  ["a path upwards in the middle", '{"file":"a/../../x.py"}', /:2: .* must be a path below the folder/],
  ["an absolute path", '{"code":"a","inputFiles":{"x":"/etc/x.csv"}}', /:2: "\/etc\/x\.csv" must be a path/],
  ["a path of nothing", '{"code":"a","files":{"x":{"path":""}}}', /:2: "" must be a path below/],
  ["an unknown limit", '{"code":"a","limits":{"tim":"5s"}}', /:2: "limits\.tim" is nothing that a single/],
  ["a limit of the wrong form", '{"code":"a","limits":{"timeout":"x"}}', /:2: limits\.timeout must be a dur/],
  ["limits that are none", '{"code":"a","limits":5}', /:2: limits must be an object/],
  ["a frame that is none", '{"code":"a","inputs":{"x":{"type":"dataframe"}}}', /:2: input "x": /],
  ["bytes that are no text", new Uint8Array([0x22, 0xff, 0x22]), /:2: the line is not UTF-8$/],
];

for (const [name, line, message] of bad)
  test(`${name} is refused in one line that says where`, async () => {
    const text = Buffer.concat([Buffer.from('{"code":"fine"}\n'), Buffer.from(line)]);
    const error = await rejectionOf(linesOf(text), ConfigError, message);
    assert.not.match(error.message, /\n|secret/);
  });

test("what is neither a directory nor a file is refused", async () => {
  await rejectionOf(openJobSource(join(folder, "none")), ConfigError, /as the jobs: there is no such file$/);
  await rejectionOf(openJobSource("/dev/null"), ConfigError, /neither a directory nor a regular file$/);
});

test.run();
