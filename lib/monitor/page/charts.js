import { duration } from "./format.js";

const svgName = "http://www.w3.org/2000/svg";

function element(name, attributes, text) {
  const made = document.createElementNS(svgName, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

/** A bar of the shares of verdicts; the table below it says the same in numbers. */
export function verdictBar(entries) {
  const total = entries.reduce((sum, [, count]) => sum + count, 0);
  const svg = element("svg", { viewBox: "0 0 100 4", preserveAspectRatio: "none", "aria-hidden": "true" });
  let x = 0;
  for (const [verdict, count] of entries) {
    const width = (count / total) * 100;
    svg.append(element("rect", { x, y: 0, width, height: 4, "data-verdict": verdict }));
    x += width;
  }
  return svg;
}

const [width, height, floor, columns] = [520, 150, 128, 24];

/** How many runs took how long, on a logarithmic scale, with marks at the median and the 95th percentile. */
export function histogram(times, { p50Ms, p95Ms }) {
  const [least, most] = [Math.max(1, Math.min(...times)), Math.max(2, ...times)];
  const span = Math.max(Math.log(most / least), 0.1);
  const place = (ms) => Math.min(1, Math.max(0, Math.log(Math.max(ms, 1) / least) / span));
  const counts = new Array(columns).fill(0);
  for (const ms of times) counts[Math.min(columns - 1, Math.floor(place(ms) * columns))]++;
  const highest = Math.max(...counts);
  const label = `${times.length} runs, from ${duration(least)} to ${duration(most)}, half of them within ${duration(p50Ms)}`;
  const svg = element("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label });
  counts.forEach((count, index) => {
    const tall = (count / highest) * (floor - 24);
    const step = width / columns;
    svg.append(
      element("rect", { x: index * step + 1, y: floor - tall, width: step - 2, height: tall, rx: 2 }),
    );
  });
  svg.append(element("line", { x1: 0, x2: width, y1: floor, y2: floor }));
  for (const [name, ms, top] of [
    ["p50", p50Ms, 10],
    ["p95", p95Ms, 22],
  ]) {
    const x = place(ms) * width;
    svg.append(element("line", { class: "mark", x1: x, x2: x, y1: top, y2: floor }));
    const anchor = x > width - 40 ? "end" : "start";
    svg.append(element("text", { x: x + (anchor === "end" ? -4 : 4), y: top, "text-anchor": anchor }, name));
  }
  svg.append(element("text", { x: 0, y: floor + 16 }, duration(least)));
  svg.append(element("text", { x: width, y: floor + 16, "text-anchor": "end" }, duration(most)));
  return svg;
}
