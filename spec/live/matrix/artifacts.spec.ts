import * as assert from "uvu/assert";
import { inBothWays, readHostile, runHostile } from "../../support/matrix.ts";

inBothWays("acceptance matrix: artifacts", (test, jail, createJail) => {
  const MiB = 1024 ** 2;

  test("links, pipes, sockets and odd names do not come back, plain files do", async () => {
    const { status, artifacts, droppedArtifacts } = await runHostile(jail, readHostile("artifacts-hostile"));
    assert.is(status, "ok");
    const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
    const came = Object.fromEntries(artifacts.map(({ path, bytes }) => [path, text(bytes)]));
    assert.is(came["good.txt"], "good");
    assert.not.match(JSON.stringify(came), /root:/);
    for (const path of Object.keys(came)) assert.not.match(path, /link-to|pipe|socket|up\//);
    const dropped = droppedArtifacts.map(({ path }) => path);
    for (const path of [
      "link-to-passwd",
      "link-to-good",
      "link-to-link",
      "link-to-folder",
      "inner/up",
      "pipe",
      "socket",
    ])
      assert.ok(dropped.includes(path), `${path} is told: ${dropped.join(" ")}`);
  });

  test("more files than may come back are dropped and told", async () => {
    const { artifacts, droppedArtifacts } = await runHostile(jail, readHostile("artifacts-many"), {
      artifactCount: 20,
    });
    assert.is(artifacts.length, 20);
    assert.ok(droppedArtifacts.some(({ reason }) => reason === "too-many"));
  });

  test("a hundred links to one file are not a hundred files", async () => {
    const wide = createJail({ artifactCount: 1000, artifactBytes: 8 * MiB });
    try {
      const { artifacts } = await runHostile(wide, readHostile("artifacts-links-to-one"));
      const total = artifacts.reduce((sum, { bytes }) => sum + bytes.length, 0);
      assert.ok(total <= 8 * MiB, String(total));
      assert.ok(artifacts.every(({ path }) => !path.startsWith("s")));
    } finally {
      await wide.close();
    }
  });

  test("what lies too deep is dropped and told", async () => {
    const { status, artifacts, droppedArtifacts } = await runHostile(jail, readHostile("artifacts-deep"));
    assert.equal([status, artifacts.length], ["ok", 0]);
    assert.ok(droppedArtifacts.some(({ reason }) => reason === "too-deep"));
  });

  test("files that change into pipes while they are collected hold up nothing", async () => {
    const { status, timings } = await runHostile(jail, readHostile("artifacts-fifo-writer"));
    assert.is(status, "ok");
    assert.ok(timings.collectMs < 20_000);
  });

  test("a link in the place of the folder is not followed, though there is nothing behind it", async () => {
    const code =
      'import os\nos.rmdir("/tmp/out")\nos.mkdir("/tmp/empty")\nos.symlink("/tmp/empty", "/tmp/out")\n';
    const { status, droppedArtifacts } = await runHostile(jail, code);
    assert.equal([status, droppedArtifacts], ["ok", [{ path: ".", reason: "unreadable" }]]);
  });

  const hostilePaths = ["../x", "/etc/x", "a/../../x", "a//b", ".", "a/./b", "a\0b"];

  for (const path of hostilePaths) {
    test(`an input file named ${JSON.stringify(path)} is refused before anything is made`, () => {
      assert.throws(() => jail.start("pass", { files: { [path]: "x" } }), /must be a relative path/);
    });
  }

  test("a file and a folder of one name are refused with both names", () => {
    assert.throws(
      () => jail.start("pass", { files: { a: "x", "a/b": "y" } }),
      /"a" is a file, so "a\/b" cannot be below it/,
    );
  });

  test("what is collected does not change once the code is done, though it sees to it that it is woken", async () => {
    // Python's own profile does not let it see to that.
    const many = createJail({ artifactCount: 4000, artifactBytes: 32 * MiB, seccomp: "engine" });
    try {
      const code = readHostile("artifacts-after-the-end", { COUNT: 4000 });
      const { status, artifacts, timings } = await runHostile(many, code);
      assert.equal([status, artifacts.length], ["ok", 4000], JSON.stringify(timings));
      // Woken early it is let go, changes all of them, and ends before they are collected.
      const texts = new Set(artifacts.map(({ bytes }) => Buffer.from(bytes).toString()));
      assert.is(texts.size, 1, `${texts.size} different ones`);
    } finally {
      await many.close();
    }
  });
});
