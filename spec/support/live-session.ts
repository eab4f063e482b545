import * as assert from "uvu/assert";
import { createClient, type EngineClient } from "../../engine-api/mod.ts";
import { createExecutor, type Executor, type ExecutorOptions } from "../../lib/executor.ts";
import { sessionLabel } from "../../lib/ownership.ts";
import type { SessionOptions } from "../../lib/session/options.ts";
import type { Session } from "../../lib/session/session.ts";
import { findContainers } from "./containers-of.ts";

const MiB = 1024 ** 2;

/** A session, and what is around it. */
export interface SessionRig {
  readonly executor: Executor;
  readonly session: Session;
  readonly client: EngineClient;
  /** The session's containers, in any state. */
  containers(): ReturnType<typeof findContainers>;
}

/** Without validator and audit hook, so that hostile cells get to show what the container holds. */
export const looseCells = { validator: "off", audit: "off", cpus: 1, memoryBytes: 256 * MiB } as const;

/** Opens a session for the body, and sees that nothing is left of it. */
export async function withSession(
  { policy = looseCells, ...options }: SessionOptions & Pick<ExecutorOptions, "policy">,
  body: (rig: SessionRig) => Promise<void>,
): Promise<void> {
  await using client = createClient();
  const executor = createExecutor({ policy });
  try {
    const session = await executor.session(options);
    await body({ executor, session, client, containers: () => containersOf(client, session.id) });
  } finally {
    await executor.close();
  }
  assert.equal(await findContainers(client, { label: [sessionLabel] }), [], "nothing is left of the session");
}

function containersOf(client: EngineClient, id: string): ReturnType<typeof findContainers> {
  return findContainers(client, { label: [`${sessionLabel}=${id}`] });
}
