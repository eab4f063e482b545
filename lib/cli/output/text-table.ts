/** How a column of a table stands. */
export type Alignment = "left" | "right";

/** Rows of cells as text: columns padded to their widest cell and separated by two spaces, no space at the end of a line. */
export function alignTable(rows: readonly (readonly string[])[], alignments: readonly Alignment[]): string[] {
  const widths = alignments.map((_, column) =>
    Math.max(0, ...rows.map((row) => displayWidth(row[column] ?? ""))),
  );
  return rows.map((row) =>
    alignments
      .map((alignment, column) => pad(row[column] ?? "", widths[column] ?? 0, alignment))
      .join("  ")
      .trimEnd(),
  );
}

/** Cells of a terminal that a text takes: letters of East Asian scripts and emoji are two wide, combining marks none. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const letter of text) {
    if (/\p{Mn}|\p{Me}|\u200d|[\ufe00-\ufe0f]/u.test(letter)) continue;
    width += isWide(letter) ? 2 : 1;
  }
  return width;
}

function isWide(letter: string): boolean {
  return /\p{Emoji_Presentation}|\p{Script=Han}|\p{Script=Hangul}|\p{Script=Hiragana}|\p{Script=Katakana}|[\uff01-\uff60]/u.test(
    letter,
  );
}

function pad(text: string, width: number, alignment: Alignment): string {
  const space = " ".repeat(Math.max(0, width - displayWidth(text)));
  return alignment === "left" ? text + space : space + text;
}
