/** The parts of the page, each from its part of a snapshot. */
import { histogram, verdictBar } from "./charts.js";
import { byId, fillTable, make, say, sayIf } from "./dom.js";
import { age, clock, counted, duration } from "./format.js";

const stateTones = { running: "good", removing: "warn", paused: "warn", dead: "bad" };
const verdictWords = { orphan: ": left behind", unknown: ": cannot be judged" };

/** @param now the monitor's time, which goes on between snapshots. */
export function showContainers({ at, containers, containerCount }, now) {
  say("tile-running", String(containers.filter(({ state }) => state === "running").length));
  say("containers-count", String(containerCount));
  byId("containers-none").hidden = containerCount > 0;
  const more = containerCount - containers.length;
  sayIf(more > 0, "containers-more", `and ${more} more`);
  fillTable(
    "containers",
    containers.map((container) => containerCells(container, { now, elapsed: now - at })),
  );
}

function containerCells(container, { now, elapsed }) {
  const { name, runId, state, owner, verdict, reason, ageMs, deadlineMs, poolId, sessionId } = container;
  const left = deadlineMs === null ? null : deadlineMs - now;
  return [
    { text: runId ?? name, className: "id" },
    {
      text: state === "removing" ? "being removed" : state,
      className: "state",
      tone: verdict === "orphan" ? "bad" : (stateTones[state] ?? ""),
    },
    { text: `${ownerText(owner)}${verdictWords[verdict] ?? ""}`, title: reason },
    { text: ageMs === null ? "?" : age(ageMs + elapsed), isNumber: true },
    { text: left === null ? "?" : left < 0 ? "overdue" : age(left), isNumber: true },
    { text: sessionId !== null ? "a session" : poolId !== null ? "a pool" : "a run" },
  ];
}

function ownerText(owner) {
  if (owner === null) return "unknown";
  return owner.isMine ? `this process (${owner.pid})` : `${owner.host}, process ${owner.pid}`;
}

export function showRuns({ activeCount, recent, counts, latency }) {
  const entries = Object.entries(counts).filter(([, count]) => count > 0);
  const total = entries.reduce((sum, [, count]) => sum + count, 0);
  say("tile-active", String(activeCount));
  say("tile-ended", String(total));
  byId("runs-none").hidden = total > 0 || activeCount > 0;
  byId("verdicts-shown").hidden = total === 0;
  if (total > 0) showVerdicts(entries, total);
  showLatency(latency, recent);
}

function showVerdicts(entries, total) {
  byId("verdict-bar").replaceChildren(verdictBar(entries));
  const rows = entries.map(([verdict, count]) => {
    const head = make("th", "", { scope: "row" });
    head.append(make("span", "", { class: "swatch", "data-verdict": verdict }), verdict);
    const share = `${((count / total) * 100).toFixed(1)} %`;
    const row = make("tr", "");
    row.append(head, make("td", String(count), { class: "number" }), make("td", share, { class: "number" }));
    return row;
  });
  byId("verdicts").replaceChildren(...rows);
}

function showLatency(latency, recent) {
  say("tile-p50", latency === null ? "–" : duration(latency.p50Ms));
  say("tile-p95", latency === null ? "–" : duration(latency.p95Ms));
  byId("latency-none").hidden = latency !== null;
  byId("latency-shown").hidden = latency === null;
  say("latency-count", latency === null ? "" : `last ${counted(latency.count, "run")}`);
  if (latency === null) return;
  const { p50Ms, p95Ms, p99Ms, maxMs } = latency;
  const times = recent.filter(({ isolation, totalMs }) => isolation !== "none" && totalMs !== null);
  byId("histogram").replaceChildren(
    histogram(
      times.map(({ totalMs }) => totalMs),
      latency,
    ),
  );
  const [p50, p95, p99, longest] = [p50Ms, p95Ms, p99Ms, maxMs].map(duration);
  say("quantiles", `p50 ${p50}, p95 ${p95}, p99 ${p99}, longest ${longest}; from the call to the verdict`);
}

export function showSweep({ orphanCount, sweep }, now) {
  const { everyMs, isUnderWay, last, failure } = sweep;
  byId("orphans").dataset.state = orphanCount === 0 ? "good" : "bad";
  say("tile-orphans", String(orphanCount));
  const often =
    everyMs === null ? "Shown, and never removed by this monitor" : `Removed every ${duration(everyMs)}`;
  say("sweep", `${often}; ${isUnderWay ? "a sweep is under way" : sweepText(last, now)}.`);
  sayIf(failure !== null, "sweep-failure", `The last sweep came to nothing: ${failure}`);
}

function sweepText(last, now) {
  if (last === null) return "no sweep yet";
  const { at, orphans, containers, removed, failed } = last;
  const found = `${counted(orphans, "orphan")} among ${counted(containers, "container")}`;
  const outcome = orphans === 0 ? "" : `, ${removed} removed${failed === 0 ? "" : `, ${failed} not`}`;
  return `last sweep ${age(now - at)} ago: ${found}${outcome}`;
}

export function showAlerts(alerts) {
  byId("alerts-none").hidden = alerts.length > 0;
  const items = [...alerts].reverse().map((alert) => {
    const item = make("li", "");
    item.append(
      make("time", clock(alert.at), { datetime: new Date(alert.at).toISOString() }),
      alertText(alert),
    );
    return item;
  });
  byId("alerts").replaceChildren(...items);
}

export function alertText(alert) {
  switch (alert.type) {
    case "orphans":
      return `${counted(alert.names.length, "orphan")} found, ${alert.removed} removed`;
    case "cleanup-failed":
      return `${alert.containerName} could not be removed: ${alert.message}`;
    case "queue-full":
      return `The queue of executor ${alert.executorId} is full`;
    case "engine-gone":
      return `The Engine is gone: ${alert.message}`;
    case "engine-back":
      return `The Engine is back after ${duration(alert.goneMs)}`;
    default:
      return String(alert.type);
  }
}

export function showExecutors(executors) {
  byId("executors-section").hidden = executors.length === 0;
  fillTable(
    "executors",
    executors.map(({ id, active, queued, sessions, leftovers, pool }) => [
      { text: id, className: "id" },
      ...[active, queued, sessions, leftovers].map((number) => ({ text: String(number), isNumber: true })),
      { text: poolText(pool) },
    ]),
  );
}

function poolText(pool) {
  if (pool === null) return "none";
  const { idle, starting, busy, hits, misses, lastError } = pool;
  const trouble = lastError === null ? "" : `; ${lastError}`;
  return `${idle} wait, ${starting} start, ${busy} busy; hits ${hits}, misses ${misses}${trouble}`;
}
