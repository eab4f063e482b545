import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { findPython } from "../../../lib/direct/find-python.ts";
import { ConfigError, SandboxError } from "../../../lib/errors.ts";
import { rejectionOf } from "../../support/catch-error.ts";
import { suite } from "../../support/suite.ts";

const test = suite("the interpreter of direct execution");
const folder = mkdtempSync(join(tmpdir(), "pythons-"));
test.after(() => rmSync(folder, { recursive: true }));

/** A folder with a program that answers every question with the same. */
function stand(place: string, answer: string, mode = 0o755): string {
  const path = join(folder, place);
  mkdirSync(path);
  writeFileSync(join(path, "python3"), `#!/bin/sh\n${answer}\n`);
  chmodSync(join(path, "python3"), mode);
  return path;
}

const user = null;
const good = stand("good", "echo 3 11 /opt/python/bin/python3");
const nameless = stand("nameless", "echo 3 8");
const old = stand("old", "echo 3 7 /opt/old");
const broken = stand("broken", "exit 1");
const chatty = stand("chatty", "echo hello");
const plain = stand("plain", "echo 3 11 /x", 0o644);

test("the first one that answers and is new enough is taken, as itself tells it", async () => {
  const path = [plain, broken, chatty, old, good, nameless].join(":");
  assert.is(await findPython({ user, path }), "/opt/python/bin/python3");
  assert.is(await findPython({ user, path: nameless }), join(nameless, "python3"));
});

test("one that was named is taken or refused, and nothing else is looked for", async () => {
  assert.is(await findPython({ user, python: join(good, "python3"), path: "" }), "/opt/python/bin/python3");
  for (const python of [join(old, "python3"), "no-such-python"])
    await rejectionOf(
      findPython({ user, python, path: good }),
      ConfigError,
      /^python: direct execution needs/,
    );
});

test("where there is none, that says who should be able to run it, and keeps the cause", async () => {
  const cause = new Error("no Engine");
  const error = await rejectionOf(findPython({ user, path: broken, cause }), SandboxError);
  assert.match(
    error.message,
    `can be run as the user of this process: not ${join(broken, "python3")}; install`,
  );
  assert.is(error.cause, cause);
  await rejectionOf(findPython({ user, path: "" }), SandboxError, /there is none on the PATH/);
});

test("it is asked with nothing of this process's environment", async () => {
  const file = join(folder, "environment");
  process.env.BRIGBOX_SPEC_SECRET = "s3cret";
  try {
    const nosy = stand("nosy", `env > ${file}\necho 3 11 /x`);
    await findPython({ user, path: nosy });
    const { readFileSync } = await import("node:fs");
    assert.not.match(readFileSync(file, "utf8"), /s3cret/);
  } finally {
    delete process.env.BRIGBOX_SPEC_SECRET;
  }
});

test.run();
