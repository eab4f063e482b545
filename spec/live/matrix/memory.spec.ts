import * as assert from "uvu/assert";
import { inBothWays, readHostile, resultOf, runHostile } from "../../support/matrix.ts";

inBothWays("acceptance matrix: memory and disk", (test, jail, createOther) => {
  const MiB = 1024 ** 2;

  test("a memory bomb is oom, with the kernel's own count", async () => {
    const { status, evidence } = await runHostile(jail, readHostile("memory-bomb"));
    assert.is(status, "oom");
    assert.ok((evidence.oomKills ?? 0) > 0 || evidence.engineOom === true);
  });

  test("children that take all memory are oom's victims, and not the code that started them", async () => {
    const { status, values } = await runHostile(jail, readHostile("memory-in-children"));
    assert.is(status, "ok");
    assert.equal(values.result, [9, 9, 9]);
  });

  test("code that has the supervisor killed before it can say that the code began is not run twice", async () => {
    const small = createOther({ memoryBytes: 66 * MiB, tmpBytes: 8 * MiB, shmBytes: 4 * MiB });
    try {
      for (let run = 0; run < 6; run++) {
        const { status } = await runHostile(small, readHostile("supervisor-out-of-memory"));
        assert.ok(status === "oom" || status === "error", status);
      }
    } finally {
      await small.close();
    }
  });

  test("two runs side by side, each within its limit, are both ok", async () => {
    const code = readHostile("memory-half");
    const both = await Promise.all([runHostile(jail, code), runHostile(jail, code)]);
    assert.equal(
      both.map(({ status }) => status),
      ["ok", "ok"],
    );
  });

  test("what was there before the code cannot be made larger by it, so that it would seem to have taken less", async () => {
    const { status, usage, values } = await runHostile(jail, readHostile("forged-baseline"));
    assert.equal([status, values.result], ["ok", 0]);
    const peak = usage.peakMemoryBytes ?? 0;
    assert.ok(peak > 95 * MiB && peak < 130 * MiB, String(peak));
  });

  test("a mapping that no memory holds is refused, or costs nothing", async () => {
    const { status } = await runHostile(jail, readHostile("huge-mapping"));
    assert.is(status, "ok");
  });

  test("the kernel was told that there is no swap", async () => {
    const [memory, other] = resultOf(
      await runHostile(jail, readHostile("swap-limit")),
    ) as unknown as string[];
    assert.is(memory, String(256 * MiB));
    // cgroup v1 counts memory and swap together; v2 counts swap alone.
    assert.ok(other === memory || other === "0", String(other));
  });

  const fillers: readonly (readonly [name: string, errno: RegExp, key: string, most: number])[] = [
    ["fill-tmp", /^(EFBIG|ENOSPC)$/, "written", 16 * MiB],
    ["fill-tmp-in-pieces", /^ENOSPC$/, "total", 16 * MiB],
    ["fill-shm", /^(EFBIG|ENOSPC)$/, "written", 16 * MiB],
    ["fill-inodes", /^ENOSPC$/, "files", 500],
  ];

  for (const [name, expected, key, most] of fillers) {
    test(`${name} ends in ${expected.source}, and costs no more than it may`, async () => {
      const limits = { tmpBytes: 16 * MiB, shmBytes: 16 * MiB, tmpInodes: 500 };
      const found = resultOf(await runHostile(jail, readHostile(name), limits));
      assert.match(String(found.errno), expected);
      const used = found[key] as number;
      assert.ok(used <= most && used > most / 2, `${used} of ${most}`);
    });
  }

  test("with a larger /tmp the same program gets further", async () => {
    const found = resultOf(await runHostile(jail, readHostile("fill-tmp-in-pieces"), { tmpBytes: 48 * MiB }));
    assert.ok((found.total as number) > 40 * MiB);
  });

  test("a file beyond all limits is the signal of the file size limit", async () => {
    const { status, evidence } = await runHostile(jail, readHostile("file-size-limit"));
    assert.equal([status, evidence.signal], ["error", 25]);
  });
});
