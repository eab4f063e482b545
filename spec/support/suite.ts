import { suite as uvuSuite } from "uvu";

/** A spec's body. Its signal aborts when the test's time is up, so that what it started can stop too. */
export type TestBody = (context: { readonly signal: AbortSignal }) => void | Promise<void>;

/** One suite of specs. Every suite must end with `run()`: the runner fails when one forgets. */
export interface Suite {
  (name: string, body: TestBody, options?: { readonly timeoutMs?: number }): void;
  before(hook: () => void | Promise<void>): void;
  after(hook: () => void | Promise<void>): void;
  beforeEach(hook: () => void | Promise<void>): void;
  afterEach(hook: () => void | Promise<void>): void;
  run(): void;
}

/** What the runner reads after all suites are done. */
export interface Tally {
  passed: number;
  failed: number;
  readonly created: string[];
  readonly started: Set<string>;
  /** Of each suite's tests together, milliseconds. */
  readonly took: Map<string, number>;
}

const defaultTimeoutMs = 30_000;

/** On a slow machine tests may take so many times longer; what they assert stays the same. */
export const patience: number = Number(process.env.BRIGBOX_PATIENCE ?? 1);
const tally: Tally = { passed: 0, failed: 0, created: [], started: new Set(), took: new Map() };

/** The counts of this process, for `run.ts` alone. */
export function readTally(): Tally {
  return tally;
}

/**
 * A uvu suite in which a test that hangs fails after `timeoutMs` (30 s unless told otherwise),
 * and whose tests are counted, so that a file which forgets `run()` cannot pass unseen.
 */
export function suite(name: string): Suite {
  const inner = uvuSuite(name);
  tally.created.push(name);
  const add: Suite = (testName, body, options = {}) => {
    inner(testName, () =>
      runCounted(name, testName, body, (options.timeoutMs ?? defaultTimeoutMs) * patience),
    );
  };
  add.before = (hook) => inner.before(() => withTimeout(`${name} > before`, hook));
  add.after = (hook) => inner.after(() => withTimeout(`${name} > after`, hook));
  add.beforeEach = (hook) => inner.before.each(hook);
  add.afterEach = (hook) => inner.after.each(hook);
  add.run = () => {
    tally.started.add(name);
    inner.run();
  };
  return add;
}

async function withTimeout(title: string, hook: () => void | Promise<void>): Promise<void> {
  await race(title, () => hook(), 600_000);
}

async function runCounted(name: string, testName: string, body: TestBody, timeoutMs: number): Promise<void> {
  const startedAt = performance.now();
  try {
    await race(`${name} > ${testName}`, body, timeoutMs);
    tally.passed++;
  } catch (error) {
    tally.failed++;
    throw error;
  } finally {
    tally.took.set(name, (tally.took.get(name) ?? 0) + performance.now() - startedAt);
  }
}

async function race(title: string, body: TestBody, timeoutMs: number): Promise<void> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new Error(`${title}: still running after ${timeoutMs} ms`);
      controller.abort(error);
      reject(error);
    }, timeoutMs);
  });
  try {
    await Promise.race([body({ signal: controller.signal }), late]);
  } finally {
    clearTimeout(timer);
  }
}
