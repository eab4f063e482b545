import { SandboxError } from "../errors.ts";
import { createHarness } from "../harness/boot.ts";
import { newRunId } from "../ownership.ts";
import type { Policy } from "../policy/policy.ts";
import type { Ticket } from "../run/admission.ts";
import type { DrivenRun } from "../run/drive.ts";
import { type ContainerRecipe, planSession } from "../run/plan.ts";
import { type CellContainer, driveCells } from "./drive-cells.ts";
import { resolveSession, type SessionLife, type SessionOptions } from "./options.ts";
import { createSession, type OpenSession, type Session } from "./session.ts";

/** What the sessions of one executor share. */
export interface SessionsSurroundings {
  readonly executorId: string;
  readonly policy: Policy;
  /** Resolves to what containers are made of, once runs may start. */
  prepare(): Promise<ContainerRecipe>;
  /** A place in the queue. @throws QueueFullError */
  request(policy: Policy): Ticket;
  /** Hears of each container that is made. */
  onContainer(run: DrivenRun): void;
}

/** All sessions of one executor. */
export interface Sessions {
  /** See `Executor.session`. */
  open(options?: SessionOptions): Promise<Session>;
  /** How many are open. */
  size(): number;
  /** Ends them, and those that are about to be opened. */
  close(): Promise<void>;
}

/** No sessions yet. */
export function createSessions({
  executorId,
  policy,
  prepare,
  request,
  onContainer,
}: SessionsSurroundings): Sessions {
  const sessions = new Set<OpenSession>();
  let isClosed = false;

  async function open(options: SessionOptions = {}): Promise<Session> {
    const { signal } = options;
    const resolved = resolveSession(options, policy);
    signal?.throwIfAborted();
    throwIfClosed();
    const recipe = await prepare();
    throwIfClosed();
    const session = createIn(recipe, resolved.policy, resolved.life);
    sessions.add(session);
    void session.ended.then(() => sessions.delete(session));
    try {
      await session.open(signal);
    } catch (error) {
      await session.close();
      throw error;
    }
    return session;
  }

  function createIn(recipe: ContainerRecipe, tightened: Policy, life: SessionLife): OpenSession {
    const id = newRunId();
    const untilMs = Date.now() + life.maxAgeMs;
    const own = createHarness({ preload: life.preload, isSession: true });
    const harness = { next: () => ({ ...own, onCodes: null }) };
    const launch = (): CellContainer => {
      const plan = planSession({ ...recipe, harness }, tightened, {
        runId: newRunId(),
        sessionId: id,
        untilMs,
      });
      const container = driveCells({ ...plan, bootTimeoutMs });
      onContainer(container);
      return container;
    };
    return createSession({
      executorId,
      id,
      life,
      policy: tightened,
      recipe,
      surroundings: { launch, request },
    });
  }

  function throwIfClosed(): void {
    if (isClosed) throw new SandboxError("this executor is closed");
  }

  return {
    open,
    size: () => sessions.size,
    async close() {
      isClosed = true;
      await Promise.all([...sessions].map((session) => session.end("the executor was closed")));
    },
  };
}

/** How long the supervisor may take to import what it is to preload, milliseconds: more at a time on a busy machine. */
const bootTimeoutMs = 120_000;
