import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { folderOf, removeFolder } from "../../../lib/direct/folder.ts";
import { SandboxError } from "../../../lib/errors.ts";
import { rejectionOf } from "../../support/catch-error.ts";
import { canRunDirectly, directSuite, ownTemporary } from "../../support/direct.ts";

const { test, run, executor } = directSuite("the folder of a direct run");

if (await canRunDirectly()) {
  test("it is closed to all others, and the code begins in it", async () => {
    const code =
      "import os, tempfile\nresult = [oct(os.stat('.').st_mode & 0o777), os.getcwd() == tempfile.gettempdir()]";
    assert.equal((await run(code)).values.result, ["0o700", true]);
  });

  test("where none can be made, the sandbox is to blame and not the code", async () => {
    using place = ownTemporary();
    const file = join(place.path, "file");
    writeFileSync(file, "mine");
    process.env.TMPDIR = join(file, "..", "nowhere");
    await rejectionOf(executor().run("pass"), SandboxError, /could not be started: .*nowhere/);
    process.env.TMPDIR = place.path;
    // As root, the code's user is another one.
    chmodSync(place.path, process.getuid?.() === 0 ? 0o700 : 0o500);
    await rejectionOf(executor().run("pass"), SandboxError, /cannot make its folder: .*; set TMPDIR/);
    assert.equal([place.names(), readFileSync(file, "utf8")], [["file"], "mine"]);
    chmodSync(place.path, 0o700);
  });
}

test("it is removed with what is closed in it, and no link is followed", async () => {
  using place = ownTemporary();
  const folder = await folderOf("brigbox-of-this-spec");
  const outside = join(place.path, "outside");
  mkdirSync(join(folder, "closed/inner"), { recursive: true });
  mkdirSync(outside);
  writeFileSync(join(outside, "kept"), "");
  symlinkSync(outside, join(folder, "closed/link"));
  chmodSync(join(folder, "closed"), 0);
  assert.is(await removeFolder(folder), null);
  assert.not(existsSync(folder));
  assert.ok(existsSync(join(outside, "kept")));
  assert.is(await removeFolder(folder), null, "a second time is fine");
});

test.run();
