import { describeEndpoint, type EngineClient, engineInfo } from "../../engine-api/mod.ts";
import { defaultImage } from "../image/names.ts";
import { probeEngine } from "../setup/probe-engine.ts";
import { type Check, type CheckContext, type CheckResult, failure, fine } from "./check.ts";
import { engineChecks } from "./engine-checks.ts";
import { imageCheck } from "./image-check.ts";

/** Options of {@link examine}. */
export interface ExamineOptions {
  /** @default "brigbox/python:3" */
  readonly image?: string;
  readonly signal?: AbortSignal;
}

const adviceByState = {
  down: "run brigbox setup, or start Docker; if it listens elsewhere, set DOCKER_HOST",
  forbidden: "run this as a user who may talk to Docker (root, or the group docker)",
  odd: "see what the Engine says in its log",
} as const;

/**
 * Looks at everything that runs depend on. Without an Engine that answers there is one result, of the check `engine`.
 *
 * @example
 * const results = await examine(client);
 * const isFit = results.every(({ status }) => status !== "failure");
 */
export async function examine(
  client: EngineClient,
  options: ExamineOptions = {},
): Promise<readonly CheckResult[]> {
  const { image = defaultImage, signal = new AbortController().signal } = options;
  const state = await probeEngine(client, { signal });
  const engine = { id: "engine", title: "Engine" };
  if (state.kind !== "up") return [{ ...engine, ...failure(state.message, adviceByState[state.kind]) }];
  const askedAtMs = Date.now();
  const info = await engineInfo(client, { signal });
  const context: CheckContext = { client, info, image, askedAtMs, answeredAtMs: Date.now(), signal };
  const found = fine(`${info.ServerVersion ?? "?"} at ${describeEndpoint(client)}`);
  const results: CheckResult[] = [{ ...engine, ...found }];
  for (const check of [...engineChecks, imageCheck]) results.push(await perform(check, context));
  return results;
}

/** A check that cannot be done is a failure of its own, not of all the others. */
async function perform(check: Check, context: CheckContext): Promise<CheckResult> {
  const { id, title } = check;
  try {
    return { id, title, ...(await check.examine(context)) };
  } catch (error) {
    context.signal.throwIfAborted();
    const message = error instanceof Error ? error.message : String(error);
    return { id, title, ...failure(`could not be examined: ${message}`, "see the Engine's log") };
  }
}
