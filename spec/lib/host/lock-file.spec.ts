import { existsSync, linkSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import * as assert from "uvu/assert";
import { ConfigError } from "../../../lib/errors.ts";
import { lockFile } from "../../../lib/host/lock-file.ts";
import { formatOwner, type Owner } from "../../../lib/ownership.ts";
import { rejectionOf } from "../../support/catch-error.ts";
import { hereOwner, hereScope, playHost } from "../../support/left-behind.ts";
import { suite } from "../../support/suite.ts";

const test = suite("locks beside files");
const folder = mkdtempSync(join(tmpdir(), "lock-"));
test.after(() => rmSync(folder, { recursive: true }));

const self: Owner = { ...hereOwner, pid: 99, startTime: "1" };
let count = 0;

/** A path whose lock another process left, or holds. */
function lockedBy(content: string): string {
  const path = join(folder, `file-${count++}`);
  writeFileSync(`${path}.lock`, content);
  return path;
}

test("a lock is there until it is let go of, and keeps others out meanwhile", async () => {
  const path = join(folder, "real");
  const unlock = await lockFile(path);
  const error = await rejectionOf(lockFile(path), ConfigError, /is in use: process \d+ writes to it now/);
  assert.ok(error.message.includes(String(process.pid)));
  await unlock();
  assert.not.ok(existsSync(`${path}.lock`));
  await (await lockFile(path))();
});

const dead: readonly (readonly [string, string, Parameters<typeof playHost>[0]])[] = [
  ["whose process is gone", formatOwner(hereOwner), { process: { kind: "gone" } }],
  [
    "whose process id is another process by now",
    formatOwner(hereOwner),
    { process: { kind: "running", startTime: "778" } },
  ],
  [
    "from before this machine's restart",
    formatOwner({ ...hereOwner, scope: { ...hereScope, bootId: "99999999-2222-3333-4444-555555555555" } }),
    {},
  ],
  ["that was made and never filled", "", {}],
];

for (const [name, content, host] of dead)
  test(`a lock ${name} is taken over`, async () => {
    const path = lockedBy(content);
    const unlock = await lockFile(path, self, playHost(host));
    assert.is(readFileSync(`${path}.lock`, "utf8"), formatOwner(self));
    await unlock();
    assert.equal(
      readdirSync(folder).filter((file) => join(folder, file).startsWith(path)),
      [],
    );
  });

const held: readonly (readonly [string, string, Parameters<typeof playHost>[0], RegExp])[] = [
  ["of a process that lives", formatOwner(hereOwner), {}, /process 4711 writes to it now/],
  ["of a process that is hidden", formatOwner(hereOwner), { process: { kind: "hidden" } }, /may be in use/],
  [
    "of another host",
    formatOwner({ ...hereOwner, host: "elsewhere" }),
    { process: { kind: "gone" } },
    /may be in use by process 4711 on elsewhere; where it is not, remove .*\.lock$/,
  ],
  [
    "of another container of this host",
    formatOwner({ ...hereOwner, scope: { ...hereScope, namespaces: "1.2" } }),
    { process: { kind: "gone" } },
    /may be in use/,
  ],
  ["that nobody understands", "what?", {}, /may be in use by somebody/],
];

for (const [name, content, host, message] of held)
  test(`a lock ${name} stays`, async () => {
    const path = lockedBy(content);
    await rejectionOf(lockFile(path, self, playHost(host)), ConfigError, message);
    assert.is(readFileSync(`${path}.lock`, "utf8"), content);
  });

test("of many that ask at once for a dead process's lock, one gets it", async () => {
  const path = lockedBy(formatOwner(hereOwner));
  const host = playHost({
    lookUp: (pid) => (pid === hereOwner.pid ? { kind: "gone" } : { kind: "running", startTime: "1" }),
  });
  const asked = await Promise.allSettled(
    Array.from({ length: 20 }, (_, at) => lockFile(path, { ...self, pid: 100 + at }, host)),
  );
  assert.is(asked.filter(({ status }) => status === "fulfilled").length, 1);
  assert.equal(
    readdirSync(folder).filter((file) => join(folder, file).startsWith(path)),
    [`${basename(path)}.lock`],
  );
});

test("who was killed while it took a lock over does not keep it from others for ever", async () => {
  const path = lockedBy(formatOwner(hereOwner));
  linkSync(`${path}.lock`, `${path}.lock.taken`);
  const host = playHost({ process: { kind: "gone" } });
  await rejectionOf(lockFile(path, self, host), ConfigError, /other processes are quicker/);
  const realNow = Date.now;
  Date.now = () => realNow() + 11_000;
  try {
    await (await lockFile(path, self, host))();
  } finally {
    Date.now = realNow;
  }
  assert.not.ok(existsSync(`${path}.lock`) || existsSync(`${path}.lock.taken`));
});

test("a folder that is not there is told", async () => {
  await rejectionOf(lockFile(join(folder, "no/where")), ConfigError, /where\.lock cannot be made \(ENOENT\)/);
});

test.run();
