import * as assert from "uvu/assert";
import type { JobLimits } from "../../../../lib/harness/protocol.ts";
import { findPythons } from "../../../support/pythons.ts";
import { suite } from "../../../support/suite.ts";
import { readProgram, tryCode } from "../../../support/supervisor.ts";

/** What the code leaves, and what must come of it. */
interface Case {
  readonly that: string;
  /** Runs in the folder `out`, with `os` imported. */
  readonly code: string;
  readonly limits?: Partial<JobLimits>;
  /** Path and bytes of each artifact. */
  readonly kept?: Readonly<Record<string, number>>;
  /** Path and reason of each that was dropped. */
  readonly dropped?: Readonly<Record<string, string>>;
}

const notRegular = "not-a-regular-file";
const write = "w = lambda name, size=1: open(name, 'wb').write(bytes(size))\n";

const cases: readonly Case[] = [
  { that: "nothing", code: "" },
  {
    that: "regular files, empty ones and hidden ones too",
    code: "w('a', 3); w('b', 0); w('.c')",
    kept: { ".c": 1, a: 3, b: 0 },
  },
  { that: "a file of several frames", code: "w('a', 1000000)", kept: { a: 1_000_000 } },
  { that: "names of all letters", code: "w('ä €\\U0001f600')", kept: { "ä €😀": 1 } },
  {
    that: "nested files up to the depth",
    code: "os.makedirs('1/2'); w('1/2/a')",
    limits: { artifactDepth: 2 },
    kept: { "1/2/a": 1 },
  },
  {
    that: "files that lie too deep",
    code: "os.makedirs('1/2'); w('1/2/a')",
    limits: { artifactDepth: 1 },
    dropped: { "1/2": "too-deep" },
  },
  {
    that: "more files than allowed",
    code: "w('a'); w('b'); w('c')",
    limits: { artifactCount: 2 },
    kept: { a: 1, b: 1 },
    dropped: { c: "too-many" },
  },
  {
    that: "files at the cap and over it",
    code: "w('a', 10); w('b', 11)",
    limits: { artifactFileBytes: 10 },
    kept: { a: 10 },
    dropped: { b: "file-too-large" },
  },
  {
    that: "too much together",
    code: "w('a', 6); w('b', 5); w('c', 4)",
    limits: { artifactBytes: 10 },
    kept: { a: 6, c: 4 },
    dropped: { b: "total-too-large" },
  },
  {
    that: "links to a file, a folder, nothing and the system",
    code: readProgram("leave-links.py"),
    kept: { target: 1 },
    dropped: { dangling: notRegular, file: notRegular, folder: notRegular, passwd: notRegular },
  },
  { that: "a hard link", code: "w('a', 2); os.link('a', 'b')", kept: { a: 2, b: 2 } },
  {
    that: "a pipe and a socket",
    code: readProgram("leave-pipes.py"),
    dropped: { pipe: notRegular, socket: notRegular },
  },
  {
    that: "names with control characters",
    code: "w('a\\nb'); w('c\\x1b[2J'); w('d\\x85'); w('e\\\\f')",
    dropped: { "a\nb": "bad-name", "c\u001b[2J": "bad-name", "d\u0085": "bad-name", "e\\f": "bad-name" },
  },
  { that: "a name that is no UTF-8", code: "w(b'\\xff')", dropped: { "\\udcff": "bad-name" } },
  {
    that: "what may not be read",
    code: "os.mkdir('d'); w('d/a'); os.symlink('/', 'd/b')",
    kept: { "d/a": 1 },
    dropped: { "d/b": notRegular },
  },
  { that: "no folder any more", code: "os.rmdir(os.getcwd())" },
  {
    that: "a link instead of its folder",
    code: "os.chdir('..'); os.rmdir('out'); os.symlink('/etc', 'out')",
    dropped: { ".": "unreadable" },
  },
  {
    that: "a file instead of its folder",
    code: "os.chdir('..'); os.rmdir('out'); w('out')",
    dropped: { ".": "unreadable" },
  },
  {
    that: "a sparse giant",
    code: "f = open('a', 'wb'); f.truncate(2**23); f.close()",
    dropped: { a: "file-too-large" },
  },
];

for (const { path, version } of findPythons()) {
  const test = suite(`artifacts, Python ${version}`);

  for (const { that, code, limits = {}, kept = {}, dropped = {} } of cases) {
    test(`${that} as it should be`, async () => {
      const trial = await tryCode(`import os\nos.chdir("out")\n${write}${code}`, { python: path, limits });
      assert.is(trial.outcome?.status, "ok", trial.outcome?.exception?.traceback);
      const sizes = [...trial.artifacts].map(([name, bytes]) => [name, bytes.length]);
      assert.equal(sizes, Object.entries(kept));
      const reasons = trial.report.droppedArtifacts.map((each) => [each.path, each.reason]);
      assert.equal(reasons.sort(), Object.entries(dropped).sort());
    });
  }

  test("bytes arrive as they were written", async () => {
    const code = "open('out/a', 'wb').write(bytes(range(256)) * 3000)";
    const { artifacts } = await tryCode(code, { python: path });
    assert.equal(artifacts.get("a"), Buffer.concat(Array(3000).fill(Buffer.from([...Array(256).keys()]))));
  });

  test("thousands of dropped files with long names still fit into one report", async () => {
    const { report, artifacts } = await tryCode(readProgram("leave-long-names.py"), { python: path });
    assert.ok(report.droppedArtifacts.length >= 50 && report.droppedArtifacts.length <= 1000);
    assert.equal([...artifacts.keys()], ["z"]);
  });

  test("artifacts of code that ran out of time come back too", async () => {
    const code = "open('out/a', 'w').write('x')\nwhile True: pass";
    const { report, artifacts } = await tryCode(code, { python: path, limits: { timeoutMs: 300 } });
    assert.equal([report.cause, artifacts.get("a")?.toString()], ["timeout", "x"]);
  });

  test.run();
}
