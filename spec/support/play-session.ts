import * as assert from "uvu/assert";
import { createClient } from "../../engine-api/mod.ts";
import { defaultPolicy } from "../../lib/policy/policy.ts";
import { type Admission, createAdmission } from "../../lib/run/admission.ts";
import { resolveSession, type SessionLife, type SessionOptions } from "../../lib/session/options.ts";
import { createSession, type OpenSession } from "../../lib/session/session.ts";
import { eventually } from "./eventually.ts";
import { createFakeCells, type FakeCellContainer } from "./fake-cells.ts";

/** A session in containers of play, and what is around it. */
export interface PlaySession {
  readonly session: OpenSession;
  readonly made: FakeCellContainer[];
  readonly admission: Admission;
  /** The container that was made last. */
  last(): FakeCellContainer;
}

interface RigOptions extends SessionOptions {
  /** Its first container does not get ready by itself. */
  readonly isClosed?: boolean;
  readonly staysBehind?: boolean;
}

/** Opens a session for the body, and ends it. */
export async function withSession(
  { isClosed = false, staysBehind = false, ...options }: RigOptions,
  body: (rig: PlaySession) => Promise<void>,
): Promise<void> {
  const { life } = resolveSession(options, defaultPolicy) as { life: SessionLife };
  const admission = createAdmission({}, async () => ({ memoryBytes: 1e12, cpus: 100 }));
  const { made, surroundings } = createFakeCells(admission, { staysBehind });
  // Of a client that is never asked.
  const recipe = { client: createClient({ endpoint: "unix:///nowhere" }), image: "sha256:0" };
  const session = createSession({
    executorId: "e",
    id: "s",
    life,
    policy: defaultPolicy,
    recipe,
    surroundings,
  });
  const last = (): FakeCellContainer => {
    const container = made.at(-1);
    if (container === undefined) throw new Error("no container was made");
    return container;
  };
  try {
    if (!isClosed) {
      const opened = session.open();
      await eventually(() => made.length === 1);
      last().becomeReady();
      await opened;
    }
    await body({ session, made, admission, last });
  } finally {
    const closed = session.close();
    for (const container of made) container.vanish();
    await closed;
  }
  assert.equal(admission.counts(), { active: 0, queued: 0 }, "its place is free again");
}
