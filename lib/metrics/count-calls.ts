import { engineCallChannel } from "../../engine-api/mod.ts";
import { callSeconds } from "./buckets.ts";
import { callErrorOf, callErrors } from "./label-values.ts";
import type { Counting } from "./listen.ts";
import { operations } from "./operations.ts";

/** Counts calls to Engines, of all clients of this process. */
export function countCalls({ meter, listen }: Counting): void {
  const called = new Set<string>();
  const known = new Set(operations);
  const seconds = meter.histogram({
    name: "brigbox_engine_call_duration_seconds",
    help: "Time from a call to the head of the Engine's answer, or to its failure.",
    labels: { operation: operations },
    buckets: callSeconds,
  });
  const errors = meter.counter({
    name: "brigbox_engine_errors_total",
    help: "Calls to the Engine that failed. A not-found is how a cleanup learns that a container is gone.",
    labels: { operation: operations, error: callErrors },
  });
  listen(engineCallChannel, (call) => {
    const { operation, durationMs } = call;
    if (known.has(operation) && !called.has(operation)) {
      called.add(operation);
      for (const error of callErrors) errors.add({ operation, error }, 0);
    }
    seconds.observe({ operation }, durationMs / 1000);
    const error = callErrorOf(call);
    if (error !== null) errors.add({ operation, error });
  });
}
