import { readFileSync } from "node:fs";
import type { AuditEvent } from "../../lib/harness/protocol.ts";
import type { Value } from "../../lib/values/types.ts";

/** The text of a program in `spec/fixtures/audit`. */
export function readAuditProgram(name: string): string {
  return readFileSync(new URL(`../fixtures/audit/${name}`, import.meta.url), "utf8");
}

/** Four weeks of prices, as a CSV text. */
export function pricesCsv(): string {
  const days = Array.from({ length: 28 }, (_, day) => day + 1);
  const rows = days.map((day) => `2024-01-${String(day).padStart(2, "0")},${100 + ((day * 7) % 5)}`);
  return ["time,close", ...rows, ""].join("\n");
}

/** The entries of a dict that a program returned as `result`. */
export function entriesOf(values: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  return { ...(values.result as Readonly<Record<string, Value>>) };
}

/** Events as short texts, for comparing: `os.system echo`. */
export function namesOf(events: readonly AuditEvent[]): readonly string[] {
  return events.map(({ event, detail }) => `${event} ${detail}`.trim());
}
