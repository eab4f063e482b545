import type { ServerResponse } from "node:http";

/** What is answered to one request. */
export interface Answer {
  readonly status: number;
  /** With its character set. */
  readonly type: string;
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Sent with every answer. Nothing on the page comes from elsewhere or is written into it, and nobody may put it into a page of his own or
 * read it from there.
 */
export const securityHeaders: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
};

/** An answer of one line. */
export function textAnswer(status: number, line: string, headers: Answer["headers"] = {}): Answer {
  return { status, type: "text/plain; charset=utf-8", body: `${line}\n`, headers };
}

/** Sends an answer; to HEAD its head alone. */
export function sendAnswer(response: ServerResponse, { status, type, body, headers = {} }: Answer): void {
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  response.writeHead(status, {
    ...securityHeaders,
    ...headers,
    "content-type": type,
    "content-length": bytes.length,
  });
  // Node leaves the body out where HEAD was asked for.
  response.end(bytes);
}
