import * as assert from "uvu/assert";
import { createClient } from "../../../engine-api/mod.ts";
import { createExecutor } from "../../../lib/executor.ts";
import { createMonitor, type Monitor } from "../../../lib/monitor/monitor.ts";
import { serveMonitor } from "../../../lib/monitor/server/serve-monitor.ts";
import { type BrowserPage, withPage } from "../../support/chromium.ts";
import { eventually } from "../../support/eventually.ts";
import { labelContainers } from "../../support/labelled-containers.ts";
import { emptySnapshot, fakeMonitor } from "../../support/monitor/fake-monitor.ts";
import { suite } from "../../support/suite.ts";

const test = suite("the monitor's page in a browser");
const patient = { timeoutMs: 30_000 };
const slow = { timeoutMs: 90_000 };

/** Nothing for what is hidden. */
const textOf = async (page: BrowserPage, selector: string): Promise<string> => {
  const found = `document.querySelector(${JSON.stringify(selector)})`;
  return String(await page.evaluate(`${found}?.checkVisibility() ? ${found}.innerText : ""`));
};

/** Waits until a part of the page, as a reader sees it, has this text. */
async function shows(page: BrowserPage, selector: string, words: string | RegExp): Promise<void> {
  let text = "";
  const isShown = async (): Promise<boolean> => {
    text = await textOf(page, selector);
    return typeof words === "string" ? text.includes(words) : words.test(text);
  };
  await eventually(isShown, patient).catch(() => {
    throw new Error(`${selector} shows "${text}" and not ${words}`);
  });
}

async function withServedMonitor(
  monitor: Pick<Monitor, "on" | "snapshot">,
  body: (page: BrowserPage, port: number) => Promise<void>,
): Promise<void> {
  await using server = await serveMonitor(monitor, { port: 0 });
  await withPage(server.url, (page) => body(page, server.port));
}

test(
  "a running sandbox is shown with its age, owner and state, then its verdict and latency, without a complaint of the browser",
  async () => {
    await using executor = createExecutor();
    await using monitor = createMonitor({ executors: [executor], reapEveryMs: 0 });
    await withServedMonitor(monitor, async (page) => {
      await shows(page, "#engine", /^Engine \d/);
      await shows(page, "#link", "live");
      assert.match(await textOf(page, "#runs-none"), /brigbox batch --monitor/);
      const run = executor.start("import time\nprint(1, flush=True)\ntime.sleep(20)");
      for await (const _ of run.output) break;
      await shows(page, "#containers", run.runId);
      await shows(page, "#containers", `this process (${process.pid})`);
      await shows(page, "#containers", /running/);
      await shows(page, "#containers", /\b[2-9] s\b/);
      await shows(page, "#tile-active", "1");
      run.cancel();
      await run.cleaned;
      await shows(page, "#verdicts", /cancelled\s+1\s+100\.0 %/);
      await shows(page, "#quantiles", /^p50 .* p95 .* longest/);
      assert.is(await page.evaluate("document.querySelectorAll('#histogram rect').length"), 24);
      await shows(page, "#executors", executor.id);
      await eventually(async () => !(await textOf(page, "#containers")).includes(run.runId), patient);
      assert.equal(page.complaints, []);
    });
  },
  slow,
);

test(
  "what others write into labels is shown as the text that it is",
  async () => {
    const client = createClient();
    const containers = labelContainers(client, "brigbox-spec.page");
    const hostile = `<img src=x onerror="document.title='taken'">`;
    try {
      await containers.make({ owner: { ...containers.me, host: hostile } });
      await using monitor = createMonitor({ withLabels: containers.withLabels, reapEveryMs: 0 });
      await withServedMonitor(monitor, async (page) => {
        await shows(page, "#containers", `${hostile}, process ${process.pid}: cannot be judged`);
        assert.is(await page.evaluate("document.querySelectorAll('#containers img').length"), 0);
        assert.is(await page.evaluate("document.title"), "Brigbox monitor");
        assert.equal(page.complaints, []);
      });
    } finally {
      await containers.removeAll();
      await client.close();
    }
  },
  slow,
);

test(
  "alerts, orphans and an Engine that is gone are told; a monitor that goes is too, and is found again when it is back",
  async () => {
    const at = Date.now();
    const monitor = fakeMonitor();
    const server = await serveMonitor(monitor, { port: 0, stream: { gapMs: 10 } });
    await withPage(server.url, async (page) => {
      await shows(page, "#link", "live");
      await shows(page, "#alerts-none", "None");
      await shows(page, "#containers-none", "No sandbox exists");
      const { endpoint } = emptySnapshot.engine;
      monitor.current = {
        ...emptySnapshot,
        at,
        engine: { ...emptySnapshot.engine, state: "gone", message: "no such socket", since: at },
        orphanCount: 2,
        sweep: {
          ...emptySnapshot.sweep,
          last: { endpoint, at: at - 5000, durationMs: 1, containers: 9, orphans: 3, removed: 1, failed: 2 },
        },
        alerts: [
          { endpoint, at, type: "orphans", names: ["a", "b", "c"], removed: 1 },
          { endpoint, at, type: "engine-gone", message: "<b>no such socket</b>" },
        ],
      };
      monitor.change();
      await shows(
        page,
        "#banner",
        /^The Engine is gone since .*: no such socket\. What is below was so then\.$/,
      );
      await shows(page, "#engine", "Engine gone");
      await shows(page, "#tile-orphans", "2");
      await shows(page, "#sweep", /last sweep \d+ s ago: 3 orphans among 9 containers, 1 removed, 2 not\.$/);
      await shows(
        page,
        "#alerts",
        /The Engine is gone: <b>no such socket<\/b>[\s\S]*3 orphans found, 1 removed/,
      );
      await shows(page, "#announcement", "The Engine is gone");
      assert.equal(page.complaints, []);

      await server.close();
      await shows(page, "#link", "monitor gone; trying again");
      await shows(page, "#banner", /^The monitor is gone\./);
      monitor.current = emptySnapshot;
      await using _again = await serveMonitor(monitor, { port: server.port });
      await shows(page, "#link", "live");
      await eventually(async () => (await textOf(page, "#banner")) === "", patient);
    });
  },
  slow,
);

test.run();
