/** `340 ms`, `2.1 s`, `10 min`. */
export function duration(ms) {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${rounded(ms / 1000)} s`;
  return ms < 7_200_000 ? `${rounded(ms / 60_000)} min` : `${rounded(ms / 3_600_000)} h`;
}

/** The same in whole seconds, for what counts up. */
export function age(ms) {
  return duration(ms < 120_000 ? Math.max(1000, Math.floor(ms / 1000) * 1000) : ms);
}

function rounded(value) {
  return Number(value.toFixed(value < 10 ? 2 : 1));
}

/** `12:04:31` by the reader's clock. */
export function clock(at) {
  return new Date(at).toLocaleTimeString("en-GB");
}

/** `1 orphan`, `2 orphans`. */
export function counted(number, noun) {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
