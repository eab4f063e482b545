/**
 * Shows what the audit hook stops of the programs of a corpus, and what only the container stops: `tsx spec/support/audit-corpus.ts [FOLDER]`.
 *
 * Runs each program of the folder (of `spec/fixtures/validator/corpus/bypass` unless given) in a real sandbox, without the validator,
 * once without the hook and once with it, and prints a table and the counts.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { alignTable } from "../../lib/cli/output/text-table.ts";
import { createExecutor, type Executor } from "../../lib/executor.ts";
import type { AuditMode } from "../../lib/policy/policy.ts";
import type { RunResult } from "../../lib/verdict.ts";

type Effect = "stopped" | "unseen" | "in vain";

const meanings: Readonly<Record<Effect, string>> = {
  stopped: "the hook stopped it",
  unseen: "it did what it does with the hook too: only the container stands around it",
  "in vain": "it did nothing without the hook either",
};

const folder =
  process.argv[2] ?? fileURLToPath(new URL("../fixtures/validator/corpus/bypass", import.meta.url));

function open(audit: AuditMode): Executor {
  return createExecutor({ policy: { validator: "off", audit, timeoutMs: 20_000 } });
}

function judge(without: RunResult, withHook: RunResult): Effect {
  if (!without.stdout.includes("PWNED")) return "in vain";
  const isDenied = withHook.auditEvents.some(({ denied }) => denied);
  return isDenied || !withHook.stdout.includes("PWNED") ? "stopped" : "unseen";
}

await using bare = open("off");
await using watched = open("deny");
const effects: Record<Effect, number> = { stopped: 0, unseen: 0, "in vain": 0 };
const rows: string[][] = [];
for (const name of readdirSync(folder)
  .filter((file) => file.endsWith(".py"))
  .sort()) {
  const code = readFileSync(join(folder, name), "utf8");
  const [without, withHook] = [await bare.run(code), await watched.run(code)];
  const effect = judge(without, withHook);
  effects[effect] += 1;
  const events = withHook.auditEvents.map(({ event, detail }) => `${event} ${detail}`.trim()).join(", ");
  rows.push([name, without.exception?.type ?? without.status, effect, events.slice(0, 70)]);
}
const head = ["program", "without the hook", "with it", "events"];
for (const line of alignTable([head, ...rows], ["left", "left", "left", "left"])) console.log(line);
for (const effect of Object.keys(effects) as Effect[])
  console.log(`${effects[effect]} ${effect}: ${meanings[effect]}`);
