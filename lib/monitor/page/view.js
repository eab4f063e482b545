import { byId, say, sayIf } from "./dom.js";
import { clock } from "./format.js";
import { alertText, showAlerts, showContainers, showExecutors, showRuns, showSweep } from "./sections.js";

/** Shows snapshots, and whether they still come. */
export function createView() {
  let shown = null;
  /** By this page's own clock, which may differ from the monitor's. */
  let shownAt = 0;
  /** When the monitor was lost; null while it answers. */
  let lostAt = null;
  let newestAlert = null;

  /** The monitor's time, which stands still while it is gone. */
  const now = () => shown.at + (lostAt ?? Date.now()) - shownAt;

  function showBanner() {
    const text = bannerText(shown, lostAt);
    sayIf(text !== "", "banner", text);
  }

  function announce(alerts) {
    const newest = JSON.stringify(alerts.at(-1) ?? null);
    if (newest === newestAlert) return;
    // What was there before the page is no news.
    if (newestAlert !== null && alerts.length > 0) say("announcement", alertText(alerts.at(-1)));
    newestAlert = newest;
    showAlerts(alerts);
  }

  return {
    showLink(isUp) {
      lostAt = isUp ? null : (lostAt ?? Date.now());
      byId("link").dataset.state = isUp ? "good" : "bad";
      say("link", isUp ? "live" : "monitor gone; trying again");
      showBanner();
    },
    showSnapshot(snapshot) {
      [shown, shownAt] = [snapshot, Date.now()];
      showEngine(snapshot);
      showContainers(snapshot, now());
      showRuns(snapshot.runs);
      showSweep(snapshot, now());
      announce(snapshot.alerts);
      showExecutors(snapshot.executors);
      showBanner();
    },
    /** What grows older though nothing is told. */
    showAges() {
      if (shown === null) return;
      showContainers(shown, now());
      showSweep(shown, now());
    },
  };
}

function showEngine({ engine, process }) {
  const { state, version, endpoint, isFollowed } = engine;
  const tones = { up: isFollowed ? "good" : "warn", gone: "bad", unknown: "unknown" };
  const words = { up: `Engine ${version ?? "up"}`, gone: "Engine gone", unknown: "Engine: not asked yet" };
  byId("engine").dataset.state = tones[state];
  say("engine", words[state]);
  say("place", `${endpoint}, watched by process ${process.pid} on ${process.host}`);
}

function bannerText(shown, lostAt) {
  if (shown === null) return lostAt === null ? "" : "The monitor does not answer.";
  if (lostAt !== null) return `The monitor is gone. What is below was so at ${clock(shown.at)}.`;
  const { state, message, since } = shown.engine;
  if (state !== "gone") return "";
  return `The Engine is gone since ${clock(since)}: ${message}. What is below was so then.`;
}
