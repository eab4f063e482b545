import { readFileSync } from "node:fs";
import { link, rename, rm, writeFile } from "node:fs/promises";
import { currentOwner, formatOwner, type Owner, parseOwner } from "../../ownership.ts";
import { createHostView, type HostView } from "../../reaper/host-view.ts";
import { JournalError } from "../errors.ts";

/** A file that says whose a journal is while it is written. */
export interface Lock {
  release(): Promise<void>;
}

const mostTries = 5;

/**
 * Takes the journal for this process: two that append to one journal would each miss what the other does. The lock of a process that is
 * provably dead, as after SIGKILL, is taken over.
 *
 * @throws JournalError where its owner lives, or cannot be judged.
 */
export async function takeLock(path: string, host: HostView = createHostView()): Promise<Lock> {
  const lockPath = `${path}.lock`;
  const own = `${formatOwner(currentOwner())}\n`;
  const draft = `${lockPath}.${process.pid}`;
  await writeFile(draft, own);
  try {
    for (let tries = 0; tries < mostTries; tries++) {
      if (await linkUnlessThere(draft, lockPath)) return { release: () => release(lockPath, own) };
      refuseWhereAlive(readOwner(lockPath), { path, lockPath, host });
      // Renamed first: of two who take over at the same time, one finds nothing left to rename.
      const aside = `${lockPath}.${process.pid}.old`;
      await rename(lockPath, aside).catch(() => undefined);
      await rm(aside, { force: true });
    }
  } finally {
    await rm(draft, { force: true });
  }
  throw new JournalError(
    `${path}: its lock cannot be taken; another process seems to take it again and again`,
  );
}

/** A link appears with its content or not at all. */
async function linkUnlessThere(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function readOwner(lockPath: string): Owner | "gone" | null {
  try {
    return parseOwner(readFileSync(lockPath, "utf8").trim());
  } catch {
    return "gone";
  }
}

function refuseWhereAlive(
  owner: Owner | "gone" | null,
  { path, lockPath, host }: { readonly path: string; readonly lockPath: string; readonly host: HostView },
): void {
  if (owner === "gone") return;
  const process = owner === null || !isOfThisBoot(owner, host) ? null : host.lookUp(owner.pid);
  if (process?.kind === "gone") return;
  if (process?.kind === "running" && process.startTime !== owner?.startTime) return;
  const who = owner === null ? "somebody" : `process ${owner.pid} on ${owner.host}`;
  throw new JournalError(
    process === null
      ? `${path}: ${who} may still write it; where you know that this is over, remove ${lockPath}`
      : `${path}: ${who} writes it; wait for its end, or give another journal`,
  );
}

function isOfThisBoot({ scope, host: name }: Owner, host: HostView): boolean {
  if (scope === undefined || host.scope === null || name !== host.host) return false;
  return scope.bootId === host.scope.bootId && scope.namespaces === host.scope.namespaces;
}

async function release(lockPath: string, own: string): Promise<void> {
  try {
    if (readFileSync(lockPath, "utf8") === own) await rm(lockPath, { force: true });
  } catch {
    // Somebody removed it, as the message for a lock that cannot be judged says.
  }
}
