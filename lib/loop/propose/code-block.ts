/**
 * The code in a model's answer: its first fenced block that says `python`, else the longest fenced one. Null where there is none.
 */
export function takeCodeBlock(answer: string): string | null {
  const blocks: { readonly language: string; readonly code: string }[] = [];
  let open: { readonly fence: string; readonly language: string; readonly lines: string[] } | null = null;
  for (const line of answer.split(/\r?\n/)) {
    const [, fence = "", language = ""] = /^ {0,3}(`{3,}|~{3,})\s*([\w+.-]*)/.exec(line) ?? [];
    const isEnd = open !== null && fence.startsWith(open.fence) && line.trim() === fence;
    if (open === null && fence !== "") open = { fence, language: language.toLowerCase(), lines: [] };
    else if (open !== null && isEnd) {
      blocks.push({ language: open.language, code: `${open.lines.join("\n")}\n` });
      open = null;
    } else open?.lines.push(line);
  }
  // A block without an end is an answer that was cut.
  const python = blocks.find(
    ({ language }) => language === "python" || language === "py" || language === "python3",
  );
  const longest = blocks.reduce((best, { code }) => (code.length > best.length ? code : best), "");
  const code = python?.code ?? longest;
  return code.trim() === "" ? null : code;
}
