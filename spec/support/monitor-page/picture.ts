/**
 * Takes the README's picture of the monitor's page, of real runs and orphans: `tsx spec/support/monitor-page/picture.ts [FILE] [WIDTH] [dark]`.
 * Needs an Engine and Chromium.
 */
import { writeFileSync } from "node:fs";
import { createClient } from "../../../engine-api/mod.ts";
import { createExecutor } from "../../../lib/executor.ts";
import { createMonitor } from "../../../lib/monitor/monitor.ts";
import { serveMonitor } from "../../../lib/monitor/server/serve-monitor.ts";
import { currentOwner } from "../../../lib/ownership.ts";
import { withPage } from "../chromium.ts";
import { labelContainers } from "../labelled-containers.ts";

const [file = "spec/support/monitor-page/monitor.png", width = "1000", colours = "light"] =
  process.argv.slice(2);

const pandas = "import pandas as pd\nresult = pd.DataFrame({'close': [1.0, 2.0, 4.0]}).pct_change()";
const codes = [
  ...Array(7).fill(pandas),
  "result = sum(range(10**6))",
  "result = prices.mean()",
  "import os\nos.system('id')",
  "import time\ntime.sleep(5)",
  ...Array(3).fill(pandas),
  "x = bytearray(2**30)",
];

const client = createClient();
const containers = labelContainers(client, "brigbox-spec.picture");
const executor = createExecutor({
  policy: { timeoutMs: 60_000, memoryBytes: 512 * 1024 ** 2 },
  pool: { size: 2, preload: ["pandas"] },
  // The orphans are left to the monitor.
  sweep: false,
});
const monitor = createMonitor({ executors: [executor], reapEveryMs: 5000 });
const server = await serveMonitor(monitor, { port: 0 });
try {
  const owner = { ...(await containers.deadOwner()), host: currentOwner().host };
  for (let orphan = 0; orphan < 3; orphan++) await containers.make({ owner, isStarted: true });
  const jobs = Array.from({ length: 90 }, (_, index) => ({
    code: codes[index % codes.length] ?? "",
    options: { timeoutMs: 2000 },
  }));
  for await (const _ of executor.runAll(jobs, { concurrency: 3 }));
  const running = ["import time\ntime.sleep(50)", "import time\ntime.sleep(51)"].map((code) =>
    executor.start(code),
  );
  await Promise.all(
    running.map(({ output }) => Promise.race([output[Symbol.asyncIterator]().next(), after(3000)])),
  );
  await withPage(
    server.url,
    async (page) => {
      await after(2500);
      writeFileSync(file, await page.screenshot());
    },
    { width: Number(width), colours: colours === "dark" ? "dark" : "light" },
  );
} finally {
  await executor.close();
  await server.close();
  await monitor.close();
  await containers.removeAll();
  await client.close();
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
