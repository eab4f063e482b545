import type { Handler } from "./exchange.ts";

/** What is used of msw's request handlers, so that msw itself is needed only by who writes such handlers. */
export type MswResponder = (request: Request) => Promise<Response | undefined>;

/** Statuses whose answers have no body. */
const bodiless: ReadonlySet<number> = new Set([101, 204, 205, 304]);

/**
 * Answers by handlers of Mock Service Worker, which see `http://docker` and the path as it was sent, version and all.
 *
 * @param respond what msw makes of them.
 * @example
 * import { getResponse, http, HttpResponse } from "msw";
 * const handlers = [http.get("http://docker/:version/info", () => HttpResponse.json({ NCPU: 2 }))];
 * await using engine = await startStubEngine({ "*": answerBy((request) => getResponse(handlers, request)) });
 */
export function answerBy(respond: MswResponder): Handler {
  return async (exchange) => {
    const { method, url, headers } = exchange.request;
    const bytes = await exchange.body();
    const request = new Request(`http://docker${url}`, {
      method,
      headers: Object.entries(headers).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, [value].flat().join(", ")] as [string, string]],
      ),
      ...(method !== "GET" && method !== "HEAD" && bytes.length > 0 && { body: new Uint8Array(bytes) }),
    });
    const response = await respond(request);
    if (response === undefined) {
      exchange.head(404, { "content-type": "application/json" });
      await exchange.write(JSON.stringify({ message: `page not found: ${method} ${url}` }));
      exchange.end();
      return;
    }
    exchange.head(response.status, Object.fromEntries(response.headers));
    if (response.body !== null && !bodiless.has(response.status) && method !== "HEAD")
      for await (const piece of response.body) await exchange.write(piece);
    exchange.end();
  };
}
