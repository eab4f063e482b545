import { type DiagnosticChannels, onDiagnostic } from "../../diagnostics/channels.ts";
import type { SharedOutput } from "../output/shared-output.ts";
import { descriptions } from "./describe.ts";
import { toJsonLine, toTextLine } from "./format-entry.ts";
import { type LogChoice, logLevels } from "./log-choice.ts";
import type { LogEntry } from "./log-entry.ts";
import { createLogWriter } from "./log-writer.ts";

/** A log that is being written. */
export interface Log {
  /** Ends it; resolves once everything is written. */
  close(): Promise<void>;
}

/** Writes what this process tells of its runs, containers, monitors and calls to Engines, from now on. */
export function startLog(
  output: SharedOutput,
  { level, format }: LogChoice,
  now: () => number = Date.now,
): Log {
  const toLine = format === "json" ? toJsonLine : (entry: LogEntry) => toTextLine(entry, output);
  const writer = createLogWriter(output, (count) => toLine({ ...droppedEntry(count), at: now() }));
  const most = logLevels.indexOf(level);

  function listen<N extends keyof DiagnosticChannels>(name: N): () => void {
    return onDiagnostic(name, (message) => {
      const description = descriptions[name](message);
      if (logLevels.indexOf(description.level) > most) return;
      const event = name.slice("brigbox:".length);
      writer.write(toLine({ ...description, at: now(), event, fields: fieldsOf(message) }));
    });
  }

  const stops = (Object.keys(descriptions) as (keyof DiagnosticChannels)[]).map((name) => listen(name));
  return {
    async close() {
      for (const stop of stops.splice(0)) stop();
      await writer.close();
    },
  };
}

/** What a message says, with its error as pino tells one, but for stack and cause. What is no error may hold anything, and is left out. */
function fieldsOf(message: DiagnosticChannels[keyof DiagnosticChannels]): LogEntry["fields"] {
  const { at: _, ...fields } = message;
  if (!("error" in fields) || "operation" in fields) return fields;
  const { error, ...others } = fields;
  const { name: type, message: said } = error instanceof Error ? error : { name: "unknown", message: "" };
  return { ...others, err: { type, message: said } };
}

function droppedEntry(count: number): Omit<LogEntry, "at"> {
  const text = `log: ${count} lines were dropped, since nobody read them fast enough`;
  return { level: "warn", event: "log:dropped", text, fields: { count } };
}
