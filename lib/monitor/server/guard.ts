import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { type Answer, textAnswer } from "./answer.ts";

/** Which requests are let in. */
export type Guard = (request: IncomingMessage) => Answer | null;

/** True for addresses that only programs on this machine reach. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

/** As it stands in a URL. */
export function hostInUrl(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}

/**
 * Refuses what changes something, and, on a loopback address, what was meant for another name: a page of anybody's may give its own name
 * the address 127.0.0.1 (DNS rebinding), and would then read what is served here as its own.
 *
 * @returns the refusal, or null for what is let in.
 */
export function createGuard(host: string, port: number): Guard {
  const names = ["localhost", "127.0.0.1", "[::1]", hostInUrl(host)];
  const allowed = new Set([
    ...names.map((name) => `${name}:${port}`),
    // Browsers leave the common port out.
    ...(port === 80 ? names : []),
  ]);
  const isChecked = isLoopback(host);
  return ({ method, headers }) => {
    if (isChecked && !allowed.has((headers.host ?? "").toLowerCase()))
      return textAnswer(
        403,
        `this monitor is for this machine alone, and answers only to names such as localhost:${port}`,
      );
    if (method !== "GET" && method !== "HEAD")
      return textAnswer(405, "this monitor only shows; ask with GET", { allow: "GET, HEAD" });
    return null;
  };
}
