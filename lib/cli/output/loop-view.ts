import type { LoopEvent } from "../../loop/events.ts";
import type { Champion, LoopCounts } from "../../loop/ledger.ts";
import { championLines, countsLine, eventLine } from "./loop-text.ts";
import { drawBar } from "./progress.ts";
import { type Output, paint } from "./terminal.ts";

/** Shows a loop at work. */
export interface LoopView {
  show(event: LoopEvent): Promise<void>;
  /** A line of its own, which stays. */
  say(line: string): Promise<void>;
  /** Takes away what is drawn over, so that other text can follow. */
  clear(): Promise<void>;
}

/** What the view shows besides events. */
export interface LoopViewOptions {
  /** Candidates of the whole loop. */
  readonly budget: number;
  /** How many of the best are shown. */
  readonly champions: number;
  readonly now?: () => number;
}

const redrawMs = 100;
const shownEvents = 5;

/** A table that is drawn over itself on a terminal; elsewhere a line for each result. */
export function createLoopView(output: Output, options: LoopViewOptions): LoopView {
  return output.canRedraw ? createTable(output, options) : createLines(output);
}

function createLines(output: Output): LoopView {
  return {
    async show(event) {
      const line = eventLine(event, output);
      if (line !== null) await output.write(`${line}\n`);
    },
    say: (line) => output.write(`${line}\n`),
    clear: async () => undefined,
  };
}

interface Board {
  counts: LoopCounts | null;
  champions: Champion[];
  readonly events: string[];
}

function createTable(
  output: Output,
  { budget, champions, now = () => performance.now() }: LoopViewOptions,
): LoopView {
  const board: Board = { counts: null, champions: [], events: [] };
  let drawn = 0;
  let drawnAt = Number.NEGATIVE_INFINITY;

  const erase = (): string => (drawn === 0 ? "" : `\u001b[${drawn}A\r\u001b[J`);

  return {
    async show(event) {
      take(event, board, { output, keep: champions });
      if (now() - drawnAt < redrawMs && event.type !== "done") return;
      drawnAt = now();
      const lines = boardLines(board, output, budget);
      const text = `${erase()}${lines.join("\n")}\n`;
      drawn = lines.length;
      await output.write(text);
    },
    async say(line) {
      const text = `${erase()}${line}\n`;
      drawn = 0;
      await output.write(text);
    },
    async clear() {
      await output.write(erase());
      drawn = 0;
    },
  };
}

function take(
  event: LoopEvent,
  board: Board,
  { output, keep }: { readonly output: Output; readonly keep: number },
): void {
  if ("counts" in event) board.counts = event.counts;
  if (event.type === "result" && event.score !== null) {
    const { index, id, meta, score, holdout } = event;
    board.champions.push({ index, id, meta, score, holdout, code: "" });
    board.champions.sort((left, right) => right.score - left.score || left.index - right.index);
    board.champions.length = Math.min(board.champions.length, keep);
    if (!event.isBest) return;
  }
  const line = eventLine(event, output);
  if (line === null) return;
  board.events.push(line);
  if (board.events.length > shownEvents) board.events.shift();
}

function boardLines({ counts, champions, events }: Board, output: Output, budget: number): readonly string[] {
  // The last column stays free: a full line would wrap, and be one more than was counted.
  const columns = Math.max(20, output.columns - 1);
  const bar =
    counts === null ? drawBar(null) : `${drawBar(counts.candidates / budget)} ${countsLine(counts)}`;
  return [
    bar.slice(0, columns),
    ...championLines(champions, columns).map((line, place) =>
      place === 0 ? paint(output, "quiet", line) : line,
    ),
    ...events.map((line) => fit(line, columns)),
  ];
}

const paintPattern = new RegExp(`(${String.fromCharCode(27)}\\[\\d+m)`);

/** Cuts a line to the columns; what paints it takes none. */
function fit(line: string, columns: number): string {
  const pieces = line.split(paintPattern);
  let room = columns;
  return pieces
    .map((piece, place) => {
      if (place % 2 === 1) return piece;
      const kept = piece.length > room ? `${piece.slice(0, Math.max(0, room - 1))}…` : piece;
      const shown = room === 0 ? "" : kept;
      room = Math.max(0, room - piece.length);
      return shown;
    })
    .join("");
}
