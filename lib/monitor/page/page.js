/** The live page: takes snapshots from `events`, connects again where they stop, and says so. */
import { createView } from "./view.js";

/** Snapshots come every 5 s though nothing changes, and a connection may be dead without an error. */
const longestSilenceMs = 15_000;
const pausesMs = [500, 1000, 2000, 5000];

function follow(view) {
  let source = null;
  let timer = 0;
  let failures = 0;

  function connect() {
    source = new EventSource("events");
    source.onmessage = ({ data }) => {
      failures = 0;
      view.showLink(true);
      view.showSnapshot(JSON.parse(data));
      later(connectAgain, longestSilenceMs);
    };
    source.onerror = connectAgain;
    later(connectAgain, longestSilenceMs);
  }

  /** The browser's own attempts end at the first refusal, so these are ours. */
  function connectAgain() {
    source.close();
    view.showLink(false);
    later(connect, pausesMs[Math.min(failures++, pausesMs.length - 1)]);
  }

  function later(next, ms) {
    clearTimeout(timer);
    timer = setTimeout(next, ms);
  }

  connect();
}

const view = createView();
follow(view);
setInterval(view.showAges, 1000);
