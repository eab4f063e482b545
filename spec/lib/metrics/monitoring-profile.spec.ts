import { readFileSync } from "node:fs";
import * as assert from "uvu/assert";
import * as lists from "../../../lib/metrics/label-values.ts";
import { operations } from "../../../lib/metrics/operations.ts";
import { runStatuses } from "../../../lib/verdict.ts";
import { playCall, playSweep } from "../../support/metrics/messages.ts";
import { withMetrics } from "../../support/metrics/with-metrics.ts";
import { metricNames, readAlerts, readPanels } from "../../support/prometheus/monitoring-profile.ts";
import { suite } from "../../support/suite.ts";

const test = suite("alerts and dashboard");

/** What the metrics are called, with what Prometheus makes of histograms. */
async function realNames(): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  await withMetrics(async (metrics) => {
    playCall();
    playSweep();
    for (const [, name = "", type] of (await metrics.text()).matchAll(/^# TYPE (\w+) (\w+)$/gm))
      for (const ending of type === "histogram" ? ["_bucket", "_sum", "_count"] : [""])
        names.add(name + ending);
  });
  return names;
}

test("every metric that an alert or a panel asks for is one that there is", async () => {
  const real = await realNames();
  const asked = [...readAlerts(), ...readPanels()];
  assert.ok(asked.length > 40, `only ${asked.length} expressions were found`);
  const unknown = asked.flatMap(({ where, text }) =>
    metricNames(text)
      .filter((name) => !real.has(name))
      .map((name) => `${where}: ${name}`),
  );
  assert.equal(unknown, []);
  for (const { where, text } of asked)
    assert.ok(metricNames(text).length > 0, `${where} asks for nothing of ours`);
});

test("every metric is in the dashboard", async () => {
  const shown = readPanels().flatMap(({ text }) => metricNames(text));
  const stem = (name: string): string => name.replace(/_(bucket|sum|count)$/, "");
  const stems = new Set(shown.map(stem));
  assert.equal(
    [...(await realNames())].filter((name) => !stems.has(stem(name))),
    [],
  );
});

test("label values that alerts and panels ask for are ones that there are", () => {
  const known: Readonly<Record<string, readonly string[]>> = {
    status: runStatuses,
    outcome: lists.outcomes,
    phase: lists.phases,
    operation: operations,
    error: [...lists.callErrors, ...lists.runErrors],
  };
  for (const { where, text } of [...readAlerts(), ...readPanels()])
    for (const [, label = "", values = ""] of text.matchAll(/(\w+)(?:=|!=|=~|!~)"([^"]*)"/g)) {
      if (values === ".*") continue;
      const parts = known[label] === operations ? [values] : values.split("|");
      for (const value of parts)
        assert.ok(known[label]?.includes(value), `${where}: ${label} is never ${value}`);
    }
});

test("each alert has a case in which it fires", () => {
  const cases = readFileSync("spec/fixtures/monitoring/alerts.test.yaml", "utf8");
  const silent = readAlerts().filter(({ where }) => !cases.includes(`alertname="${where}"`));
  assert.equal(
    silent.map(({ where }) => where),
    [],
  );
});

test("the dashboard's panels have titles and numbers of their own, and none covers another", () => {
  const { panels } = JSON.parse(readFileSync("profiles/monitoring/dashboard.json", "utf8")) as {
    panels: { id: number; title: string; gridPos: { x: number; y: number; w: number; h: number } }[];
  };
  assert.is(new Set(panels.map(({ id }) => id)).size, panels.length);
  assert.is(new Set(panels.map(({ title }) => title)).size, panels.length);
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, index) => `${x + (index % w)}/${y + Math.floor(index / w)}`),
  );
  assert.is(new Set(cells).size, cells.length);
});

test.run();
