/** One import, re-export or dynamic import of a source file. */
export interface SourceImport {
  /** As it is written; null for a dynamic import whose target only shows at run time. */
  readonly specifier: string | null;
  /** True where nothing of it is left at run time. */
  readonly isTypeOnly: boolean;
  /** 1-based. */
  readonly line: number;
}

/** What the layer rules look at in a TypeScript source. */
export interface SourceFacts {
  readonly imports: readonly SourceImport[];
  /** The source with comments, texts, templates and regular expressions blanked out, of the same length. */
  readonly code: string;
}

interface Blank {
  readonly pattern: RegExp;
  /** True where a slash can begin it only if no value stands before. */
  readonly isAfterOperator?: boolean;
}

const blanks: readonly Blank[] = [
  { pattern: /\/\/[^\n]*/y },
  { pattern: /\/\*[\s\S]*?\*\//y },
  { pattern: /"(?:[^"\\\n]|\\[\s\S])*"/y },
  { pattern: /'(?:[^'\\\n]|\\[\s\S])*'/y },
  { pattern: /\/(?![/*])(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y, isAfterOperator: true },
];

const statement = /(?<![\w$.])(import|export)(\s+type)?(?=[\s{*"'])([^;"'()=]*?)(["'])/g;
const dynamic = /(?<![\w$.])(?:import|require)\s*\(\s*/g;

/** Reads the imports of a source, and what is left of it without comments and texts. */
export function readSource(source: string): SourceFacts {
  const code = blankOut(source);
  return { code, imports: [...readStatements(source, code), ...readDynamic(source, code)] };
}

function* readStatements(source: string, code: string): Generator<SourceImport> {
  for (const match of code.matchAll(statement)) {
    const [whole, keyword = "", type, clause = ""] = match;
    const isExportFrom = keyword === "export" && /\bfrom\s*$/.test(clause);
    const isImport = keyword === "import" && (clause.trim() === "" || /\bfrom\s*$/.test(clause));
    if (!isExportFrom && !isImport) continue;
    yield {
      specifier: textAt(source, match.index + whole.length - 1),
      isTypeOnly: type !== undefined || hasOnlyTypes(clause),
      line: lineAt(source, match.index),
    };
  }
}

function* readDynamic(source: string, code: string): Generator<SourceImport> {
  for (const match of code.matchAll(dynamic)) {
    const specifier = textAt(source, match.index + match[0].length);
    yield { specifier, isTypeOnly: false, line: lineAt(source, match.index) };
  }
}

/** `import { type A, type B }` leaves the import of the module behind in the output, but names nothing of it. */
function hasOnlyTypes(clause: string): boolean {
  const names = /^\s*\{([^}]*)\}\s*from\s*$/.exec(clause)?.[1];
  const listed = (names ?? "").split(",").filter((name) => name.trim() !== "");
  return listed.length > 0 && listed.every((name) => /^\s*type\s/.test(name));
}

function textAt(source: string, index: number): string | null {
  return /^(["'])(.*?)\1/.exec(source.slice(index, index + 500))?.[2] ?? null;
}

function lineAt(source: string, index: number): number {
  return source.slice(0, index).split("\n").length;
}

/** A walk over a source, and what is left of it. */
interface Walk {
  readonly source: string;
  readonly output: string[];
  /** The depth of braces at each hole of a template that is still open. */
  readonly holes: number[];
  depth: number;
}

/** Replaces what is no code by spaces; quotes stay, so that an import still shows where its text begins. */
function blankOut(source: string): string {
  const walk: Walk = { source, output: source.split(""), holes: [], depth: 0 };
  for (let position = 0; position < source.length; ) {
    position = skipBlank(walk, position) ?? skipTemplate(walk, position) ?? skipCode(walk, position);
  }
  return walk.output.join("");
}

function erase({ output }: Walk, start: number, end: number): void {
  for (let index = start; index < end; index++) if (output[index] !== "\n") output[index] = " ";
}

function skipBlank(walk: Walk, position: number): number | null {
  const end = blankEnd(walk.source, position, walk.output);
  if (end === null) return null;
  const isText = /["']/.test(walk.source[position] ?? "");
  erase(walk, isText ? position + 1 : position, isText ? end - 1 : end);
  return end;
}

function skipTemplate(walk: Walk, position: number): number | null {
  const { source, holes, depth } = walk;
  const endsHole = source[position] === "}" && holes.at(-1) === depth;
  if (source[position] !== "`" && !endsHole) return null;
  if (endsHole) holes.pop();
  const { end, opensHole } = templateEnd(source, position + 1);
  if (opensHole) holes.push(depth);
  erase(walk, position + 1, end);
  return end;
}

function skipCode(walk: Walk, position: number): number {
  if (walk.source[position] === "{") walk.depth++;
  if (walk.source[position] === "}") walk.depth--;
  return position + 1;
}

function blankEnd(source: string, position: number, output: readonly string[]): number | null {
  for (const { pattern, isAfterOperator = false } of blanks) {
    pattern.lastIndex = position;
    if (isAfterOperator && followsValue(output, position)) continue;
    if (pattern.test(source)) return pattern.lastIndex;
  }
  return null;
}

/** A slash after a value divides; anywhere else it begins a regular expression. */
function followsValue(output: readonly string[], position: number): boolean {
  const before = output
    .slice(Math.max(0, position - 200), position)
    .join("")
    .trimEnd();
  if (/(?:^|[^\w$.])(?:return|typeof|case|in|of|yield|await)$/.test(before)) return false;
  return /[\w$)\]}"'`]$/.test(before);
}

function templateEnd(source: string, start: number): { end: number; opensHole: boolean } {
  for (let index = start; index < source.length; index++) {
    if (source[index] === "\\") index++;
    else if (source[index] === "`") return { end: index + 1, opensHole: false };
    else if (source[index] === "$" && source[index + 1] === "{") return { end: index + 2, opensHole: true };
  }
  return { end: source.length, opensHole: false };
}
