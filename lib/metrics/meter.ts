import {
  Counter,
  Gauge,
  Histogram,
  type OpenMetricsContentType,
  type PrometheusContentType,
  type Registry,
} from "prom-client";
import { ConfigError } from "../errors.ts";

/** A register of prom-client, in either format. */
export type MetricsRegister = Registry<PrometheusContentType> | Registry<OpenMetricsContentType>;

/** Labels, each with all values that it may have; any other value is told as `other`. */
export type LabelLists = Readonly<Record<string, readonly string[]>>;

/** A value for each label. */
export type LabelsOf<L extends LabelLists> = { readonly [name in keyof L]: string };

/** What a metric is about. */
export interface MetricInfo<L extends LabelLists> {
  /** By the conventions of Prometheus, with its unit. */
  readonly name: string;
  /** One sentence for those who meet it in a dashboard. */
  readonly help: string;
  readonly labels: L;
}

/** Counts what can only grow. */
export interface CountingMetric<L extends LabelLists> {
  add(labels: LabelsOf<L>, amount?: number): void;
}

/** Sorts values by their size. */
export interface SizingMetric<L extends LabelLists> {
  observe(labels: LabelsOf<L>, value: number): void;
}

/** One value of a metric that is read when it is asked for. */
export interface Sample<L extends LabelLists> {
  readonly labels: LabelsOf<L>;
  readonly value: number;
}

/** Makes metrics whose labels are bounded, and which never throw: a message that is not as it should be must not end the process. */
export interface Meter {
  counter<L extends LabelLists>(info: MetricInfo<L>): CountingMetric<L>;
  histogram<L extends LabelLists>(
    info: MetricInfo<L> & { readonly buckets: readonly number[] },
  ): SizingMetric<L>;
  /** What goes up and down; no samples are no values, and not zero. */
  gauge<L extends LabelLists>(info: MetricInfo<L>, read: () => readonly Sample<L>[]): void;
  /** A counter that is counted elsewhere. */
  readCounter(info: Omit<MetricInfo<LabelLists>, "labels">, read: () => number): void;
  /** Something could not be counted. */
  miss(): void;
  /** Takes its metrics out of the register. */
  close(): void;
}

/** Metrics with more combinations of labels than that begin without a value. */
const mostZeros = 32;

/**
 * Makes metrics in a register.
 *
 * @throws ConfigError, from each maker, for a name that the register has already.
 */
export function createMeter(register: MetricsRegister): Meter {
  const names: string[] = [];

  function claim({ name, help }: Named): Claimed {
    if (register.getSingleMetric(name) !== undefined)
      throw new ConfigError(
        `this register has a metric ${name} already; close the one before, or use another`,
      );
    names.push(name);
    return { name, help, registers: [register] };
  }

  const help = "Values and messages that were not as they should be, and are in no other metric.";
  const misses = new Counter(claim({ name: "brigbox_uncounted_total", help }));
  const miss = (): void => misses.inc();

  return {
    counter: ({ labels, ...info }) => makeCounter(claim(info), labels, miss),
    histogram: ({ labels, buckets, ...info }) =>
      makeHistogram({ ...claim(info), buckets: [...buckets] }, labels, miss),
    gauge: ({ labels, ...info }, read) => makeGauge(claim(info), labels, read),
    readCounter: (info, read) => makeReadCounter(claim(info), read),
    miss,
    close() {
      for (const name of names.splice(0)) register.removeSingleMetric(name);
    },
  };
}

type Named = Pick<MetricInfo<LabelLists>, "name" | "help">;
type Claimed = Named & { readonly registers: MetricsRegister[] };

function makeCounter<L extends LabelLists>(claimed: Claimed, labels: L, miss: () => void): CountingMetric<L> {
  const counter = new Counter({ ...claimed, labelNames: Object.keys(labels) });
  for (const combination of zeros(labels)) counter.inc(combination, 0);
  const bound = createBound(labels);
  return {
    add: (given, amount = 1) => (isCountable(amount) ? counter.inc(bound(given), amount) : miss()),
  };
}

function makeHistogram<L extends LabelLists>(
  claimed: Claimed & { readonly buckets: number[] },
  labels: L,
  miss: () => void,
): SizingMetric<L> {
  const histogram = new Histogram({ ...claimed, labelNames: Object.keys(labels) });
  for (const combination of zeros(labels)) histogram.zero(combination);
  const bound = createBound(labels);
  return {
    observe: (given, value) => (isCountable(value) ? histogram.observe(bound(given), value) : miss()),
  };
}

function makeGauge<L extends LabelLists>(
  claimed: Claimed,
  labels: L,
  read: () => readonly Sample<L>[],
): void {
  const labelNames = Object.keys(labels);
  const bound = createBound(labels);
  function collect(this: Gauge): void {
    this.reset();
    // By itself one without labels goes on as zero.
    if (labelNames.length === 0) this.remove({});
    for (const sample of read()) this.set(bound(sample.labels), sample.value);
  }
  new Gauge({ ...claimed, labelNames, collect });
}

function makeReadCounter(claimed: Claimed, read: () => number): void {
  function collect(this: Counter): void {
    this.reset();
    this.inc(read());
  }
  new Counter({ ...claimed, collect });
}

function createBound<L extends LabelLists>(lists: L): (labels: LabelsOf<L>) => Record<string, string> {
  const known = Object.entries(lists).map(([name, values]) => [name, new Set(values)] as const);
  return (labels) =>
    Object.fromEntries(
      known.map(([name, values]) => {
        const value: string = labels[name] ?? "other";
        return [name, values.has(value) ? value : "other"];
      }),
    );
}

/** Where a time series begins with its first event, the rate of that one is lost; so all begin at zero, as long as they are few. */
function zeros(lists: LabelLists): Record<string, string>[] {
  const combinations = Object.entries(lists).reduce<Record<string, string>[]>(
    (shorter, [name, values]) =>
      shorter.length * values.length > mostZeros
        ? []
        : shorter.flatMap((labels) => values.map((value) => ({ ...labels, [name]: value }))),
    [{}],
  );
  return Object.keys(lists).length === 0 ? [] : combinations;
}

function isCountable(value: number): boolean {
  return Number.isFinite(value) && value >= 0;
}
