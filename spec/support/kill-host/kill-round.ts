import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { EngineClient } from "../../../engine-api/mod.ts";
import { labels } from "../../../lib/ownership.ts";
import { reap } from "../../../lib/reaper/reap.ts";
import { findContainers } from "../containers-of.ts";

/** What the victim does: one cold run, some with a pool, or cells of a session. */
export type Program = "short" | "busy" | "pooled" | "session";

/** What became of the containers whose host was killed. */
export interface KillRound {
  /** The host, as in its containers' labels. */
  readonly owner: string;
  readonly program: Program;
  /** From the start of the run to the kill, milliseconds. */
  readonly killedAtMs: number;
  /** What the Engine had right after the kill: a state, or `none`. */
  readonly seenFirst: string;
  /** From the kill to when no started container existed any more, milliseconds; null where one still did after {@link patienceMs}. */
  readonly startedGoneMs: number | null;
  /** Containers that were created and never started, which only a reaper can remove. */
  readonly leftCreated: number;
  /** How many of those the reaper took for orphans and saw gone. */
  readonly reaped: number;
  /** Containers of the run in the end. */
  readonly left: number;
}

const patienceMs = 15_000;

/** Requests that were under way at the kill may still have effects, so what is gone must stay gone for this long. */
const quietMs = 400;

const pollMs = 25;

/** How long the victim works undisturbed, until its last container's end, milliseconds. */
export async function measureRun(program: Program): Promise<number> {
  const victim = await startVictim(program);
  const startedAt = performance.now();
  const word = await victim.nextLine();
  const tookMs = performance.now() - startedAt;
  await victim.kill();
  if (word !== "done") throw new Error("the undisturbed run failed");
  return tookMs;
}

/** Starts a host, kills it so long after the start of its run, and watches what it leaves behind. */
export async function killRound(
  client: EngineClient,
  { program, killAfterMs }: { readonly program: Program; readonly killAfterMs: number },
): Promise<KillRound> {
  const { owner, kill } = await startVictim(program);
  const startedAt = performance.now();
  await delay(killAfterMs);
  const killedAt = performance.now();
  await kill();
  const { seenFirst, startedGoneMs } = await watchStarted(client, owner, killedAt);
  const leftCreated = (await statesOf(client, owner)).filter((state) => state === "created").length;
  const { containers } = await reap(client, { withLabels: [`${labels.owner}=${owner}`] });
  const reaped = containers.filter(({ outcome }) => outcome === "removed").length;
  const left = (await statesOf(client, owner)).length;
  const killedAtMs = killedAt - startedAt;
  return { owner, program, killedAtMs, seenFirst, startedGoneMs, leftCreated, reaped, left };
}

interface Victim {
  readonly owner: string;
  /** Resolves once the process is dead and collected, also where it ended by itself. */
  kill(): Promise<void>;
  nextLine(): Promise<string>;
}

async function startVictim(program: Program): Promise<Victim> {
  const path = fileURLToPath(new URL("./victim.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", path, program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await exited;
  };
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string> => String((await lines.next()).value ?? "");
  const owner = await nextLine();
  if (owner === "") throw new Error("the victim ended before it said who it is");
  return { owner, kill, nextLine };
}

async function watchStarted(
  client: EngineClient,
  owner: string,
  killedAt: number,
): Promise<Pick<KillRound, "seenFirst" | "startedGoneMs">> {
  let seenFirst: string | null = null;
  let quietSinceMs: number | null = null;
  let hasSeenStarted = false;
  for (;;) {
    const states = await statesOf(client, owner);
    const nowMs = performance.now() - killedAt;
    seenFirst ??= states[0] ?? "none";
    const hasStarted = states.some((state) => state !== "created");
    hasSeenStarted ||= hasStarted;
    quietSinceMs = hasStarted ? null : (quietSinceMs ?? nowMs);
    if (quietSinceMs !== null && nowMs - quietSinceMs >= quietMs)
      return { seenFirst, startedGoneMs: hasSeenStarted ? quietSinceMs : 0 };
    if (nowMs > patienceMs) return { seenFirst, startedGoneMs: null };
    await delay(pollMs);
  }
}

async function statesOf(client: EngineClient, owner: string): Promise<readonly string[]> {
  const found = await findContainers(client, { label: [`${labels.owner}=${owner}`] });
  return found.map(({ State }) => State ?? "?");
}
