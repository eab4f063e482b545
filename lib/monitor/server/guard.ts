import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { type Answer, textAnswer } from "./answer.ts";

/** Which requests are let in. */
export type Guard = (request: IncomingMessage) => Answer | null;

/** True for IP addresses that only programs on this machine reach. */
export function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:/i, "");
  return plain === "::1" || (isIP(plain) === 4 && plain.startsWith("127."));
}

/** Where a server listens. */
export interface Bound {
  /** As it was asked for: a name or an address. */
  readonly host: string;
  readonly address: string;
  readonly port: number;
}

/** As browsers write it in a URL and in what they ask for. */
export function hostInUrl(host: string): string {
  return new URL(`http://${isIP(host) === 6 ? `[${host}]` : host}`).hostname;
}

/**
 * Refuses what changes something, and, on a loopback address, what was meant for another name: a page of anybody's may give its own name
 * the address 127.0.0.1 (DNS rebinding), and would then read what is served here as its own.
 *
 * @returns the refusal, or null for what is let in.
 */
export function createGuard({ host, address, port }: Bound): Guard {
  const names = ["localhost", "127.0.0.1", "[::1]", hostInUrl(host)];
  const allowed = new Set([
    ...names.map((name) => `${name}:${port}`),
    // Browsers leave the common port out.
    ...(port === 80 ? names : []),
  ]);
  const isChecked = isLoopback(address);
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
