/** One table of the report. */
export interface Section {
  /** What `--only` takes. */
  readonly name: string;
  /** Measures, which may take minutes; says on stderr how far it is. */
  measure(options: MeasureOptions): Promise<SectionReport>;
}

/** How much is measured. */
export interface MeasureOptions {
  /** Rounds of what takes a good part of a second; sections with faster or slower things scale it. */
  readonly rounds: number;
}

/** What a section found. */
export interface SectionReport {
  readonly title: string;
  /** Sentences before the table: what was done, and how often. */
  readonly intro: string;
  /** Headings of the columns behind the first, which is the name. */
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

/** A line of a table. */
export interface Row {
  readonly name: string;
  /** One for each column, as they are written in the table. */
  readonly cells: readonly string[];
  /** The same unrounded, with units in their names, for the JSON report. */
  readonly figures: Readonly<Record<string, number>>;
}

/** The section as Markdown. */
export function toMarkdown({ title, intro, columns, rows }: SectionReport): string {
  return [
    `## ${title}`,
    "",
    intro,
    "",
    `| | ${columns.join(" | ")} |`,
    `|---|${columns.map(() => "---:|").join("")}`,
    ...rows.map(({ name, cells }) => `| ${name} | ${cells.join(" | ")} |`),
    "",
  ].join("\n");
}

/** Says how far a section is, in one line that is written over. */
export function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${text}`);
}
