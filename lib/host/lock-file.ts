import { randomBytes } from "node:crypto";
import { link, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { ConfigError } from "../errors.ts";
import { currentOwner, formatOwner, type Owner, parseOwner } from "../ownership.ts";
import { createHostView, type HostView } from "../reaper/host-view.ts";

/** What another process did with a file, as far as can be told. */
type Holder = "alive" | "dead" | "unknown";

const attempts = 50;

/** Between attempts where another process is about to take a dead one's lock over, milliseconds. */
const pauseMs = 20;

/** Taking over is done in a moment; who has been at it for so long was killed there, milliseconds. */
const longestTakeoverMs = 10_000;

/**
 * Holds `PATH.lock` until the function that comes back is called. A lock whose process is provably dead is taken over, by one of those who
 * want it.
 *
 * @throws ConfigError where another process holds it, or may hold it, and where it cannot be made.
 */
export async function lockFile(
  path: string,
  self: Owner = currentOwner(),
  host: HostView = createHostView(),
): Promise<() => Promise<void>> {
  const lock = `${path}.lock`;
  const content = formatOwner(self);
  const draft = `${lock}.${randomBytes(6).toString("hex")}`;
  await makeDraft(draft, lock, content);
  try {
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (await linkUnlessThere(draft, lock)) return () => release(lock, content);
      const found = await readFile(lock, "utf8").catch(() => null);
      if (found === null) continue;
      const owner = parseOwner(found.trim());
      const holder = found.trim() === "" ? "dead" : owner === null ? "unknown" : judge(owner, host);
      if (holder !== "dead") throw new ConfigError(complain(path, holder, owner));
      if (await takeOver(lock, found, draft)) return () => release(lock, content);
      await delay(pauseMs);
    }
  } finally {
    await rm(draft, { force: true });
  }
  throw new ConfigError(`${path} is in use: other processes are quicker to lock it; try again`);
}

function complain(path: string, holder: Holder, owner: Owner | null): string {
  if (holder === "alive")
    return `${path} is in use: process ${owner?.pid} writes to it now; wait for its end`;
  const whose = owner === null ? "somebody" : `process ${owner.pid} on ${owner.host}`;
  return `${path} may be in use by ${whose}; where it is not, remove ${path}.lock`;
}

async function makeDraft(draft: string, lock: string, content: string): Promise<void> {
  try {
    await writeFile(draft, content);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown";
    throw new ConfigError(`${lock} cannot be made (${code}); choose a folder that you may write to`, {
      cause: error,
    });
  }
}

/** A link appears with its content or not at all. */
async function linkUnlessThere(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown";
    if (code === "EEXIST" || code === "ENOENT") return false;
    throw new ConfigError(`${to} cannot be made (${code}); choose a folder that you may write to`, {
      cause: error,
    });
  }
}

function judge({ host, pid, startTime, scope }: Owner, here: HostView): Holder {
  if (host !== here.host) return "unknown";
  if (scope?.bootId !== here.scope?.bootId) {
    // The same machine after a restart; copies of a machine share its id, but not a folder.
    const machine = here.scope?.machine ?? null;
    return machine !== null && scope?.machine === machine ? "dead" : "unknown";
  }
  if (scope?.namespaces !== here.scope?.namespaces) return "unknown";
  const process = here.lookUp(pid);
  if (process.kind === "hidden") return "unknown";
  return process.kind === "running" && process.startTime === startTime ? "alive" : "dead";
}

/**
 * A second link to the dead lock is what only one process can make. It shows what the lock is at that moment: where it is another's by now,
 * nothing is done; else it is replaced, without a moment in which there is none.
 */
async function takeOver(lock: string, expected: string, draft: string): Promise<boolean> {
  const mark = `${lock}.taken`;
  if (!(await linkUnlessThere(lock, mark))) {
    await removeStale(mark);
    return false;
  }
  const isDead = (await readFile(mark, "utf8")) === expected;
  if (isDead) await rename(draft, lock);
  await rm(mark, { force: true });
  return isDead;
}

/** Making a link is what last changed the file that it leads to. */
async function removeStale(mark: string): Promise<void> {
  const found = await stat(mark).catch(() => null);
  if (found !== null && Date.now() - found.ctimeMs > longestTakeoverMs) await rm(mark, { force: true });
}

/** Not one that somebody else put there, after ours was removed by hand. */
async function release(lock: string, content: string): Promise<void> {
  const found = await readFile(lock, "utf8").catch(() => null);
  if (found === content) await rm(lock, { force: true });
}
