import { open, readFile, rename, rm } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { ConfigError } from "../errors.ts";
import { currentOwner, formatOwner, type Owner, parseOwner } from "../ownership.ts";
import { createHostView, type HostView } from "../reaper/host-view.ts";

/** What another process did with a file, as far as can be told. */
type Holder = "alive" | "dead" | "unknown";

const attempts = 3;

/** A lock is made and filled in two steps; whoever finds it empty for so long finds the remains of a crash, milliseconds. */
const fillMs = 200;

/**
 * Holds `PATH.lock` until the function that comes back is called. A lock whose process is provably dead is taken over.
 *
 * @throws ConfigError where another process holds it, or may hold it, and where it cannot be made.
 */
export async function lockFile(
  path: string,
  self: Owner = currentOwner(),
  host: HostView = createHostView(),
): Promise<() => Promise<void>> {
  const lock = `${path}.lock`;
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (await make(lock, formatOwner(self))) return () => rm(lock, { force: true });
    const content = await readContent(lock);
    if (content === null) continue;
    const owner = parseOwner(content);
    const holder = content === "" ? "dead" : owner === null ? "unknown" : judge(owner, host);
    if (holder !== "dead") throw new ConfigError(complain(path, holder, owner));
    await takeAway(lock, content, self.pid);
  }
  throw new ConfigError(`${path} is in use: other processes are quicker to lock it; try again`);
}

function complain(path: string, holder: Holder, owner: Owner | null): string {
  if (holder === "alive")
    return `${path} is in use: process ${owner?.pid} writes to it now; wait for its end`;
  const whose = owner === null ? "somebody" : `process ${owner.pid} on ${owner.host}`;
  return `${path} may be in use by ${whose}; where it is not, remove ${path}.lock`;
}

async function make(lock: string, content: string): Promise<boolean> {
  try {
    const file = await open(lock, "wx");
    await file.writeFile(content);
    await file.close();
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown";
    if (code === "EEXIST") return false;
    throw new ConfigError(`${lock} cannot be made (${code}); choose a folder that you may write to`);
  }
}

/** Null where it is gone by now. */
async function readContent(lock: string): Promise<string | null> {
  const read = (): Promise<string | null> => readFile(lock, "utf8").catch(() => null);
  const content = await read();
  if (content !== "") return content;
  await delay(fillMs);
  return read();
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

/** By a name of our own first: between the look and the deed, another process may have put its lock there. */
async function takeAway(lock: string, expected: string, pid: number): Promise<void> {
  const aside = `${lock}.${pid}`;
  try {
    await rename(lock, aside);
  } catch {
    return;
  }
  if ((await readFile(aside, "utf8")) === expected) await rm(aside, { force: true });
  else await rename(aside, lock);
}
