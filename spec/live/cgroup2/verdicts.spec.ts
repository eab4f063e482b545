/** The promises that rest on cgroups and mounts, on an Engine as most users have it; slow, for its machine is emulated. */
import * as assert from "uvu/assert";
import { createClient, engineInfo } from "../../../engine-api/mod.ts";
import { createExecutor } from "../../../lib/executor.ts";
import type { RunOptions } from "../../../lib/run/run-handle.ts";
import type { DataFrame } from "../../../lib/values/types.ts";
import type { RunResult } from "../../../lib/verdict.ts";
import { cgroup2Endpoint } from "../../support/cgroup2-engine/endpoint.ts";
import { countContainers } from "../../support/containers-of.ts";
import { readHostile, resultOf } from "../../support/matrix.ts";
import { suite } from "../../support/suite.ts";
import { assertPeak, readUser } from "../../support/usage.ts";

const test = suite("verdicts on cgroup v2, with swap");
const MiB = 1024 ** 2;
const endpoint = cgroup2Endpoint(process.env) ?? "";
const executor = createExecutor({
  endpoint,
  policy: { validator: "off", audit: "off", cpus: 1, memoryBytes: 256 * MiB, timeoutMs: 120_000 },
});
test.after(() => executor.close());

const patience = { timeoutMs: 240_000 };

async function run(code: string, options: RunOptions = {}): Promise<RunResult> {
  const result = await executor.run(code, options);
  assert.is(result.cleanup?.isConfirmed, true, "the cleanup is confirmed");
  assert.is(await countContainers(result.runId, endpoint), 0, "the Engine has no container of this run");
  return result;
}

test(
  "the Engine is one on cgroup v2 that can limit swap",
  async () => {
    await using client = createClient({ endpoint });
    const { CgroupVersion, SwapLimit } = await engineInfo(client);
    assert.equal([CgroupVersion, SwapLimit], ["2", true]);
  },
  patience,
);

test(
  "a frame comes back",
  async () => {
    const code = "import pandas as pd\nresult = pd.DataFrame({'x': xs}).cumsum()";
    const { status, values, message } = await run(code, { inputs: { xs: [1, 2, 3] } });
    assert.is(status, "ok", message);
    assert.equal((values.result as DataFrame).data[0]?.toArray(), [1, 3, 6]);
  },
  patience,
);

test(
  "a memory bomb is oom, with the kernel's own count",
  async () => {
    const { status, evidence } = await run(readHostile("memory-bomb"));
    assert.is(status, "oom");
    assert.ok((evidence.oomKills ?? 0) > 0);
  },
  patience,
);

test(
  "the peak of memory is the code's, by the kernel's count, and what one process had is no part of it",
  async () => {
    const result = await run(readUser("children", 64));
    assertPeak(result, 64);
    const { containerPeakBytes, pids, throttledMs, throttledPeriods } = result.usage;
    assert.ok((containerPeakBytes ?? 0) > 64 * MiB && (pids ?? 0) >= 4, JSON.stringify(result.usage));
    assert.ok(throttledMs !== null && throttledPeriods !== null);
  },
  patience,
);

test(
  "a run is watched while it holds its memory",
  async () => {
    const handle = executor.start(readUser("hold", 64));
    for await (const { memoryBytes, memoryPeakBytes, memoryLimitBytes, pids } of handle.stats()) {
      assert.equal([memoryPeakBytes, memoryLimitBytes], [null, 256 * MiB]);
      assert.ok((pids ?? 0) >= 1);
      if (memoryBytes > 64 * MiB) handle.cancel();
    }
    assert.is((await handle.result).status, "cancelled");
    await handle.cleaned;
  },
  patience,
);

test(
  "children that take all memory are the kernel's victims, and not the code that started them",
  async () => {
    assert.equal((await run(readHostile("memory-in-children"))).values.result, [9, 9, 9]);
  },
  patience,
);

test(
  "no swap is there for the container, though the machine has some",
  async () => {
    const limits = resultOf(await run(readHostile("swap-limit"))) as unknown as string[];
    assert.equal(limits, [String(256 * MiB), "0"]);
  },
  patience,
);

test(
  "a fork bomb ends in EAGAIN at the limit",
  async () => {
    const { errno, children } = resultOf(await run(readHostile("fork-bomb")));
    assert.is(errno, "EAGAIN");
    assert.ok((children as number) <= 62, String(children));
  },
  patience,
);

test(
  "a full /tmp is ENOSPC",
  async () => {
    const limits = { tmpBytes: 16 * MiB, shmBytes: 16 * MiB, tmpInodes: 500 };
    assert.is(resultOf(await run(readHostile("fill-tmp-in-pieces"), limits)).errno, "ENOSPC");
  },
  patience,
);

test(
  "nothing on the network is reached",
  async () => {
    const found = Object.entries(resultOf(await run(readHostile("network"))));
    assert.ok(found.length > 5);
    assert.equal(
      found.filter(([, outcome]) => String(outcome).startsWith("REACHED")),
      [],
    );
  },
  patience,
);

test(
  "a flood is output-limit",
  async () => {
    const { status, stdout } = await run(readHostile("flood"));
    assert.equal([status, stdout.length], ["output-limit", MiB]);
  },
  patience,
);

for (const name of ["ignore-signals", "hold-gil", "child-tree"])
  test(
    `${name} is timeout`,
    async () => {
      assert.is((await run(readHostile(name), { timeoutMs: 2000 })).status, "timeout");
    },
    patience,
  );

test.run();
