/** Bars of one chart, one below the other. */
export interface BarChart {
  readonly title: string;
  /** What the numbers are. */
  readonly unit: string;
  readonly bars: readonly Bar[];
}

/** One bar. */
export interface Bar {
  readonly label: string;
  readonly value: number;
  /** The number as it is written. */
  readonly text: string;
  /** Ours stand out. */
  readonly isOurs: boolean;
}

const width = 720;
const labelWidth = 250;
const textWidth = 90;
const barHeight = 22;
const gap = 8;
const top = 44;

const style = `
  text { font: 13px system-ui, sans-serif; fill: #24292f; }
  .title { font-weight: 600; font-size: 15px; }
  .unit { fill: #57606a; }
  .ours { fill: #1a7f64; }
  .other { fill: #afb8c1; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .unit { fill: #9198a1; }
    .ours { fill: #3fb68b; }
    .other { fill: #59636e; }
  }`;

/** The chart as an SVG picture that fits light and dark pages. The longest bar is as wide as there is room. */
export function drawBarChart({ title, unit, bars }: BarChart): string {
  const most = Math.max(...bars.map(({ value }) => value));
  const height = top + bars.length * (barHeight + gap);
  const scale = (width - labelWidth - textWidth) / most;
  const rows = bars.map((bar, index) => drawBar(bar, { y: top + index * (barHeight + gap), scale }));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeXml(title)}">
<style>${style}
</style>
<text class="title" x="0" y="18">${escapeXml(title)} <tspan class="unit" font-weight="400">${escapeXml(unit)}</tspan></text>
${rows.join("\n")}
</svg>
`;
}

function drawBar(
  { label, value, text, isOurs }: Bar,
  { y, scale }: { readonly y: number; readonly scale: number },
): string {
  const length = Math.max(1, value * scale).toFixed(1);
  const middle = y + barHeight / 2 + 5;
  return [
    `<text x="${labelWidth - 10}" y="${middle}" text-anchor="end">${escapeXml(label)}</text>`,
    `<rect class="${isOurs ? "ours" : "other"}" x="${labelWidth}" y="${y}" width="${length}" height="${barHeight}" rx="3"/>`,
    `<text x="${(labelWidth + Number(length) + 8).toFixed(1)}" y="${middle}">${escapeXml(text)}</text>`,
  ].join("\n");
}

function escapeXml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
