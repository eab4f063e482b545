import { onDiagnostic } from "../../lib/diagnostics/channels.ts";
import type { DiagnosticMessages } from "../../lib/diagnostics/messages.ts";

/** What an executor told of its runs. */
export interface HeardRuns {
  readonly messages: readonly HeardMessage[];
  /** In order: the last part of a channel's name, or the phase. */
  names(): readonly string[];
  /** The one message of a channel. */
  one<N extends keyof DiagnosticMessages>(name: N): DiagnosticMessages[N];
  [Symbol.dispose](): void;
}

/** A message, and where it was told. */
export interface HeardMessage {
  readonly name: keyof DiagnosticMessages;
  readonly message: DiagnosticMessages[keyof DiagnosticMessages];
}

const runChannels = [
  "brigbox:run:start",
  "brigbox:run:phase",
  "brigbox:run:end",
  "brigbox:run:error",
  "brigbox:run:cleaned",
] as const;

/** Listens to the runs of one executor. */
export function hearRuns(executorId: string): HeardRuns {
  const messages: HeardMessage[] = [];
  const stops = runChannels.map((name) =>
    onDiagnostic(name, (message) => {
      if (message.executorId === executorId) messages.push({ name, message });
    }),
  );
  return {
    messages,
    names: () =>
      messages.map(({ name, message }) =>
        "phase" in message ? message.phase : name.slice("brigbox:run:".length),
      ),
    one<N extends keyof DiagnosticMessages>(name: N) {
      const [found, ...others] = messages.filter((heard) => heard.name === name);
      if (found === undefined || others.length > 0)
        throw new Error(`${name} was told ${found ? others.length + 1 : 0} times`);
      return found.message as DiagnosticMessages[N];
    },
    [Symbol.dispose]() {
      for (const stop of stops) stop();
    },
  };
}
