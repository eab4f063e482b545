import type { Duplex } from "node:stream";

/** One request as it came, and the means to answer it. */
export interface Exchange {
  readonly request: RecordedRequest;
  /** The raw connection, for answers that are no HTTP. */
  readonly socket: Duplex;
  /** Resolves with the request's body, once it is all there. */
  body(): Promise<Buffer>;
  head(status: number, headers: Readonly<Record<string, string>>): void;
  /** Resolves once the bytes are on their way. */
  write(bytes: Uint8Array | string): Promise<void>;
  end(): void;
}

/** What a client asked for. */
export interface RecordedRequest {
  readonly method: string;
  /** As it was sent: percent-encoded, with version and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Answers one request. */
export type Handler = (exchange: Exchange) => void | Promise<void>;

/**
 * Handlers by method and path without version and query, percent-encoded as it is sent, or with names in braces that fit anything, such as
 * `GET /containers/{id}/json`; `*` answers the rest.
 */
export type Routes = Readonly<Record<string, Handler>>;
