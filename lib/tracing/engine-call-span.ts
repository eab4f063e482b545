import type { Tracer } from "@opentelemetry/api";
import type { EngineCall } from "../../engine-api/mod.ts";
import type { OpenTelemetry } from "./load-api.ts";
import { markFailed } from "./mark-failed.ts";

/** `SpanKind.CLIENT`, as the API numbers it. */
const clientKind = 2;

/** By 404 the Engine says that a container is gone, which is what a cleanup wants to hear. */
const goneStatus = 404;

/** Makes the span of a call that is over, as a child of whatever is active where it was made. */
export function addEngineCallSpan({ context }: OpenTelemetry, tracer: Tracer, call: EngineCall): void {
  const { endpoint, operation, status, error, durationMs } = call;
  const [method = "", template = ""] = operation.split(" ");
  const endedAt = Date.now();
  const attributes = {
    "http.request.method": method,
    "url.template": template,
    "brigbox.engine.endpoint": endpoint,
    ...(status !== null && { "http.response.status_code": status }),
  };
  const options = { kind: clientKind, startTime: endedAt - durationMs, attributes };
  const span = tracer.startSpan(operation, options, context.active());
  if (error !== null && status !== goneStatus)
    markFailed(span, { type: status === null ? error : String(status), message: error });
  span.end(endedAt);
}
