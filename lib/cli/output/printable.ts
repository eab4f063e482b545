/**
 * Text of untrusted code, fit for a terminal: control characters, which could move the cursor, change the title or write to the
 * clipboard, become visible. Tabs and line ends stay.
 */
export function printable(text: string): string {
  return text.replace(/[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/gu, (letter) => {
    const code = letter.codePointAt(0) ?? 0;
    // A carriage return before a line end is harmless, alone it overwrites what stands in the line.
    return code < 0x20 ? `^${String.fromCharCode(code + 0x40)}` : `\\u{${code.toString(16)}}`;
  });
}

/** The same in one line of limited length. */
export function printableLine(text: string, longest: number): string {
  const line = printable(text.slice(0, longest + 1))
    .replace(/\n/g, "\\n")
    .replace(/\t/g, " ");
  return line.length > longest ? `${line.slice(0, Math.max(0, longest - 1))}…` : line;
}
