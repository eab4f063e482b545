import { formatDuration } from "../../config/units.ts";
import { printableLine } from "../output/printable.ts";
import { createProgress } from "../output/progress.ts";
import { type Output, paint } from "../output/terminal.ts";
import type { BatchEvents } from "./run-jobs.ts";
import { summaryLines } from "./show-summary.ts";
import type { Tally } from "./tally.ts";

/** Tells people how a batch goes on. */
export interface Reporter extends BatchEvents {
  /** What goes on before the first job. */
  onPreparation(text: string): Promise<void>;
  /** Makes room for other output. */
  clear(): Promise<void>;
  /** A line of its own. */
  say(line: string): Promise<void>;
  summarise(): Promise<void>;
}

/** Lines of one kind that are shown; the others are only counted. */
const shownLines = 10;

/** Jobs from which the others can be judged; fewer may all have been rejected at once. */
const leastForGuess = 10;

/**
 * A bar on a terminal; elsewhere a line every ten seconds.
 *
 * @param total jobs of the batch, those that are done included.
 */
export function createReporter(
  output: Output,
  { total, tally }: { readonly total: number; readonly tally: Tally },
  now: () => number = () => performance.now(),
): Reporter {
  const progress = createProgress(output, now);
  const startedAt = now();
  let failed = 0;
  let changed = 0;

  async function say(line: string): Promise<void> {
    await progress.clear();
    await output.write(`${line}\n`);
  }

  return {
    say,
    clear: progress.clear,
    onPreparation: (text) => progress.show({ phase: "preparing", text, fraction: null }),
    async onProgress() {
      const done = tally.done() + failed;
      const fraction = total === 0 ? 1 : Math.min(1, done / total);
      await progress.show({
        phase: "running",
        text: progressText(tally, total - done, now() - startedAt),
        fraction,
      });
    },
    async onChanged(id) {
      if (++changed <= shownLines)
        await say(
          `${paint(output, "warn", "!")} ${printableLine(id, 200)} is not what it was, and is run again`,
        );
    },
    async onFailure(id, error) {
      const reason = printableLine(error instanceof Error ? error.message : String(error), 500);
      if (++failed <= shownLines)
        await say(`${paint(output, "bad", "✖")} ${printableLine(id, 200)} could not be run: ${reason}`);
    },
    async summarise() {
      await progress.clear();
      const lines = [
        ...(changed > shownLines ? [`! ${changed} jobs were not what they were`] : []),
        ...summaryLines(tally, { elapsedMs: now() - startedAt, output }),
        ...(failed > 0 ? [paint(output, "bad", `  ${failed} could not be run`)] : []),
      ];
      await output.write(`${lines.join("\n")}\n`);
    },
  };
}

/** How the jobs ended so far, and how long the others will take if they are like these. */
function progressText(tally: Tally, waiting: number, elapsedMs: number): string {
  const totals = tally.totals().map(([status, count]) => `${count} ${status}`);
  const doneNow = tally.doneNow();
  const left = doneNow >= leastForGuess && waiting > 0 ? (elapsedMs / doneNow) * waiting : 0;
  return [...totals, ...(left > 0 ? [`about ${formatDuration(left)} left`] : [])].join(", ");
}
