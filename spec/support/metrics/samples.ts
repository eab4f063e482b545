/** What metrics say at one moment: values by name and labels, for example `brigbox_runs_total{status="ok"}`. */
export type Samples = ReadonlyMap<string, number>;

/** Reads the text that Prometheus scrapes. */
export function parseSamples(text: string): Samples {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(lines.map(parseLine));
}

/** A sample's name and labels, these in the order of their names. */
export function sampleKey(name: string, labels: Readonly<Record<string, string>>): string {
  const parts = Object.keys(labels)
    .sort()
    .map((label) => `${label}=${JSON.stringify(labels[label])}`);
  return parts.length === 0 ? name : `${name}{${parts.join(",")}}`;
}

/** All samples of one metric, by their labels alone; those of zero are left out. */
export function nonZero(samples: Samples, name: string): Record<string, number> {
  const found = [...samples].filter(
    ([key, value]) => value !== 0 && (key === name || key.startsWith(`${name}{`)),
  );
  return Object.fromEntries(found.map(([key, value]) => [key.slice(name.length), value]));
}

function parseLine(line: string): [string, number] {
  const [, name = "", labelText = "", value = ""] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
  if (name === "") throw new Error(`no sample: ${line}`);
  const labels = [...labelText.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label = "", text = ""]) => [
    label,
    text,
  ]);
  return [sampleKey(name, Object.fromEntries(labels)), Number(value.replace("Inf", "Infinity"))];
}
