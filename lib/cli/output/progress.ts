import { printableLine } from "./printable.ts";
import { type Output, paint } from "./terminal.ts";

/** Where long work is; see {@link createProgress}. */
export interface ProgressStep {
  readonly phase: string;
  readonly text: string;
  /** 0 to 1; null where it cannot be known. */
  readonly fraction: number | null;
}

/** Shows where long work is. */
export interface Progress {
  show(step: ProgressStep): Promise<void>;
  /** Takes the bar away, so that other text can follow. */
  clear(): Promise<void>;
}

const barWidth = 24;
const redrawMs = 80;
const plainEveryMs = 10_000;

/** A bar that is drawn over itself on a terminal; elsewhere a line for each phase and every 10 seconds. */
export function createProgress(output: Output, now: () => number = () => performance.now()): Progress {
  return output.canRedraw ? createBar(output, now) : createLines(output, now);
}

function createBar(output: Output, now: () => number): Progress {
  const startedAt = now();
  let drawnAt = Number.NEGATIVE_INFINITY;
  let isShown = false;
  return {
    async show({ phase, text, fraction }) {
      if (now() - drawnAt < redrawMs && fraction !== 1) return;
      drawnAt = now();
      isShown = true;
      const head = `${drawBar(fraction)} ${phase} (${seconds(now() - startedAt)})`;
      const room = Math.max(0, output.columns - head.length - 2);
      await output.write(`\r\u001b[2K${head} ${paint(output, "quiet", printableLine(text, room))}`);
    },
    async clear() {
      if (isShown) await output.write("\r\u001b[2K");
      isShown = false;
    },
  };
}

function createLines(output: Output, now: () => number): Progress {
  const startedAt = now();
  let phase = "";
  let writtenAt = 0;
  return {
    async show(step) {
      const isNew = step.phase !== phase;
      if (!isNew && now() - writtenAt < plainEveryMs) return;
      phase = step.phase;
      writtenAt = now();
      const percent = step.fraction === null ? "" : ` ${Math.floor(step.fraction * 100)} %`;
      await output.write(
        `  ${phase}${percent} (${seconds(now() - startedAt)}): ${printableLine(step.text, 160)}\n`,
      );
    },
    clear: async () => undefined,
  };
}

/** A bar from 0 to 1; null where nothing is known. */
export function drawBar(fraction: number | null): string {
  if (fraction === null) return `[${"·".repeat(barWidth)}]     `;
  const filled = Math.round(Math.min(1, Math.max(0, fraction)) * barWidth);
  const percent = `${Math.floor(fraction * 100)}%`.padStart(4);
  return `[${"█".repeat(filled)}${" ".repeat(barWidth - filled)}] ${percent}`;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
