import {
  type Attachment,
  attachContainer,
  type ContainerSpec,
  createContainer,
  type EngineClient,
  inspectContainer,
  startContainer,
  waitContainer,
} from "../../engine-api/mod.ts";
import { checkApplied } from "../policy/check-applied.ts";
import type { Step } from "./state.ts";

/** What the steps make, filled as they are done. */
export interface StepResults {
  containerId: string | null;
  attachment: Pick<Attachment, "output" | "write"> | null;
  wait: { readonly exit: Promise<{ readonly exitCode: number | null }> } | null;
}

/** What the steps need. */
export interface StepContext {
  readonly client: EngineClient;
  readonly name: string;
  readonly spec: ContainerSpec;
  readonly isInspected: boolean;
  readonly results: StepResults;
  /** Each call to the Engine must be done within this time, milliseconds. */
  readonly callTimeoutMs: number;
  /** Ends the streams that outlive their step. */
  readonly signal: AbortSignal;
}

/** Does one step. A call that only has an answer is limited in time; a call that opens a stream is so until its head came. */
export async function performStep(step: Step, context: StepContext): Promise<void> {
  const { client, spec, name, results, callTimeoutMs } = context;
  const signal = AbortSignal.timeout(callTimeoutMs);
  const id = results.containerId ?? name;
  switch (step) {
    case "create":
      results.containerId = (await createContainer(client, spec, { name, signal })).id;
      return;
    case "check":
      if (!context.isInspected) return;
      return checkApplied(spec, await inspectContainer(client, id, { signal }));
    case "attach":
      results.attachment = await withHeadLimit(context, (both) =>
        attachContainer(client, id, { stdin: true, signal: both }),
      );
      return;
    case "wait":
      results.wait = await withHeadLimit(context, (both) => waitContainer(client, id, { signal: both }));
      return;
    case "start":
      return startContainer(client, id, { signal });
    default:
      return step satisfies never;
  }
}

async function withHeadLimit<T>(
  { signal, callTimeoutMs }: StepContext,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const head = new AbortController();
  const timer = setTimeout(
    () => head.abort(new DOMException("no answer in time", "TimeoutError")),
    callTimeoutMs,
  );
  try {
    return await call(AbortSignal.any([signal, head.signal]));
  } finally {
    clearTimeout(timer);
  }
}
