import { type DiagnosticChannels, onDiagnostic } from "../diagnostics/channels.ts";
import type { Meter } from "./meter.ts";

/** What a part of the metrics is made with. */
export interface Counting {
  readonly meter: Meter;
  /** Hears of each message of a channel. What goes wrong with one is counted, and ends nothing. */
  listen<N extends keyof DiagnosticChannels>(
    name: N,
    listener: (message: DiagnosticChannels[N]) => void,
  ): void;
}

/** Listens to channels until it is closed. */
export function createListening(meter: Meter): Pick<Counting, "listen"> & { close(): void } {
  const stops: (() => void)[] = [];
  return {
    listen(name, listener) {
      const stop = onDiagnostic(name, (message) => {
        try {
          listener(message);
        } catch {
          // Node ends the process for what a listener throws.
          meter.miss();
        }
      });
      stops.push(stop);
    },
    close() {
      for (const stop of stops.splice(0)) stop();
    },
  };
}
