import type { Span } from "@opentelemetry/api";

/** `SpanStatusCode.ERROR`, as the specification numbers it. */
const errorCode = 2;
const longestMessage = 2000;

/** What failed, for {@link markFailed}. */
export interface Failure {
  /** For `error.type`: few values, fit to count by. */
  readonly type: string;
  readonly message: string;
}

/** Says that what a span stands for has failed. */
export function markFailed(span: Span, { type, message }: Failure): void {
  span.setAttribute("error.type", type);
  span.setStatus({ code: errorCode, message: message.slice(0, longestMessage) });
}

/** The failure that an error tells of. What is no error may hold anything, and so nothing of it is told. */
export function failureOf(error: unknown): Failure {
  return error instanceof Error
    ? { type: error.name, message: error.message }
    : { type: "unknown", message: "something that is no error was thrown" };
}
