import type { Row, SectionReport } from "../section.ts";
import { type BarChart, drawBarChart } from "./bar-chart.ts";

/** The pictures of the README, by file name, drawn from what the report holds. A chart whose section was not measured is left out. */
export function drawCharts(report: Readonly<Record<string, SectionReport>>): ReadonlyMap<string, string> {
  const charts = new Map<string, string>();
  for (const { file, section, ...chart } of chartsOfReport) {
    const rows = report[section]?.rows ?? [];
    if (rows.length > 0) charts.set(file, drawBarChart(toChart(rows, chart)));
  }
  return charts;
}

interface ChartRecipe {
  readonly file: string;
  readonly section: string;
  readonly title: string;
  readonly unit: string;
  readonly figure: string;
  readonly digits: number;
  /** Which rows are drawn. @default all that have the figure */
  readonly names?: RegExp;
  readonly ours: RegExp;
}

const chartsOfReport: readonly ChartRecipe[] = [
  {
    file: "strategy.svg",
    section: "warm",
    title: "A small pandas strategy, to its result",
    unit: "ms, median; less is better",
    figure: "p50Ms",
    digits: 0,
    names: /^(warm, to the typed|cold, to the typed|docker)/,
    ours: /^(warm|cold)/,
  },
  {
    file: "cold.svg",
    section: "cold",
    title: "A cold run of pass, from the call to nothing left",
    unit: "ms, median; less is better",
    figure: "medianMs",
    digits: 0,
    ours: /^brigbox/,
  },
  {
    file: "throughput.svg",
    section: "throughput",
    title: "Cold runs a second, of what bare calls to the Engine reach",
    unit: "share; more is better",
    figure: "ratio",
    digits: 2,
    ours: /./,
  },
];

type Drawn = Pick<ChartRecipe, "title" | "unit" | "figure" | "digits" | "names" | "ours">;

function toChart(rows: readonly Row[], { title, unit, figure, digits, names, ours }: Drawn): BarChart {
  const bars = rows
    .filter((row) => (names?.test(row.name) ?? true) && row.figures[figure] !== undefined)
    .map((row) => {
      const value = row.figures[figure] ?? 0;
      return { label: row.name, value, text: value.toFixed(digits), isOurs: ours.test(row.name) };
    });
  return { title, unit, bars };
}
