import { atEnd, engineMessage, type RequestBody, type ResponseBody, readBody, takeWhole } from "./bodies.ts";
import { createDeadline } from "./deadline.ts";
import { isHeard, tellOfCall } from "./diagnostics.ts";
import { formatEndpoint } from "./endpoint.ts";
import { EngineError, ProtocolError, ResponseError } from "./errors.ts";
import { type ResolvedEndpoint, resolveEndpoint } from "./find-endpoint.ts";
import type { Answer, OperationKey, RequestArguments } from "./operations.ts";
import { fillPath, formatQuery, type QueryValue } from "./query.ts";
import { askAgain } from "./retry.ts";
import {
  createTransport,
  type Transport,
  type TransportRequest,
  type UpgradedConnection,
} from "./transport.ts";
import { createNegotiator, defaultApiVersion } from "./version.ts";

/** Options of {@link createClient}. */
export interface ClientOptions {
  /** For example `unix:///path`, `tcp://host:port` or `ssh://user@host`; found by itself unless given, see `resolveEndpoint`. */
  readonly endpoint?: string;
  /** For example `1.41`; negotiated at the first call unless given. */
  readonly apiVersion?: string;
  /** Replaces the real connection, for tests. */
  readonly transport?: Transport;
  /** The longest that a `request` may take in all, milliseconds; a call's own `timeoutMs` goes first. No limit unless given. */
  readonly timeoutMs?: number;
  /**
   * How often GET and HEAD are asked again where a kept connection turns out to be lost before any of the answer came; others never are.
   *
   * @default 1
   */
  readonly retries?: number;
  /** Its connections keep no process alive, streams that are open included: for watching beside other work. @default false */
  readonly isBackground?: boolean;
  /** The longest JSON answer that is read, bytes. @default 67108864 */
  readonly maxAnswerBytes?: number;
}

/** A client of one Engine. Free of state but for its connections and the version that both sides agreed on. */
export interface EngineClient {
  /** Where the Engine is, and how it was found. */
  readonly resolved: ResolvedEndpoint;
  /**
   * One call, typed by method and path: JSON answers are parsed, other answers are text, statuses 204 and 304 are `undefined`.
   *
   * @throws ResponseError where the Engine refuses, ConnectionError where it cannot be reached, or the signal's reason.
   * @example
   * const container = await client.request("GET /containers/{id}/json", { path: { id: "web" } });
   */
  request<K extends OperationKey>(operation: K, ...options: RequestArguments<K>): Promise<Answer<K>>;
  /** The same call, with the answer's body as a stream: for progress, logs, events, archives. */
  stream<K extends OperationKey>(operation: K, ...options: RequestArguments<K>): Promise<StreamedAnswer>;
  /** The same call, upgraded to a raw connection in both directions: attach, exec start. */
  upgrade<K extends OperationKey>(operation: K, ...options: RequestArguments<K>): Promise<UpgradedConnection>;
  /** The API version in use, for example `1.41`; asks the Engine once. */
  apiVersion(options?: { readonly signal?: AbortSignal }): Promise<string>;
  /** Where the Engine is looked for, and why there, in one sentence. */
  describe(): string;
  /** Destroys every connection; calls under way reject. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** An answer whose body has not been read yet. */
export interface StreamedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: ResponseBody;
}

interface LooseOptions {
  readonly path?: Readonly<Record<string, string | number>>;
  readonly query?: Readonly<Record<string, QueryValue>>;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
}

const maxErrorBytes = 64 * 1024;

/**
 * A client of the Engine at `options.endpoint`, or of the one that `DOCKER_HOST` and the default sockets lead to.
 * Nothing is connected until the first call.
 *
 * @throws EngineError for an endpoint that cannot be understood.
 * @example
 * await using client = createClient();
 * console.log((await client.request("GET /version")).Version);
 */
export function createClient(options: ClientOptions = {}): EngineClient {
  const resolved = resolveEndpoint(options.endpoint);
  const transport = options.transport ?? createTransport(resolved.endpoint, options);
  const retries = options.retries ?? 1;
  const maxAnswerBytes = options.maxAnswerBytes ?? 64 * 1024 * 1024;
  const endpoint = formatEndpoint(resolved.endpoint);
  const negotiate = createNegotiator(transport, checkVersion(options.apiVersion));

  function prepare(operation: string, loose: LooseOptions): PreparedRequest | Promise<PreparedRequest> {
    const { method, template } = splitOperation(operation);
    const path = `${fillPath(template, loose.path)}${formatQuery(loose.query)}`;
    const headers = prepareHeaders(loose);
    const body = prepareBody(loose.body);
    const { signal } = loose;
    const prefixed = (prefix: string) => ({ operation, method, path: prefix + path, headers, body, signal });
    if (isUnversioned(template)) return prefixed("");
    const version = negotiate(signal);
    return typeof version === "string"
      ? prefixed(`/v${version}`)
      : version.then((agreed) => prefixed(`/v${agreed}`));
  }

  /** A stream's time limit is one for all of it, and is lifted at its end. */
  async function stream(operation: string, loose: LooseOptions = {}): Promise<StreamedAnswer> {
    const { signal, lift } = createDeadline(operation, loose);
    try {
      const answer = await open(operation, { ...loose, signal });
      return loose.timeoutMs === undefined ? answer : { ...answer, body: atEnd(answer.body, lift) };
    } catch (error) {
      lift();
      throw error;
    }
  }

  function open(operation: string, loose: LooseOptions): Promise<StreamedAnswer> {
    if (!isHeard()) return ask(operation, loose);
    return tellOfCall(
      { endpoint, operation },
      () => ask(operation, loose),
      ({ status }) => status,
    );
  }

  /** Each `await` costs some 300 bytes and a turn, so there is none but for the answer where the version is agreed. */
  async function ask(operation: string, loose: LooseOptions): Promise<StreamedAnswer> {
    const given = prepare(operation, loose);
    const prepared = given instanceof Promise ? await given : given;
    let answer: StreamedAnswer;
    try {
      answer = await transport.request(prepared);
    } catch (error) {
      answer = await askAgain(error, () => transport.request(prepared), { ...prepared, retries });
    }
    if (isSuccess(answer.status)) return answer;
    const text = (await readRefusal(answer.body)).toString("utf8");
    throw new ResponseError(operation, answer.status, engineMessage(text));
  }

  async function request(operation: string, loose: LooseOptions = {}): Promise<unknown> {
    const { signal, timeoutMs = options.timeoutMs } = loose;
    const deadline = createDeadline(operation, { signal, timeoutMs });
    try {
      const answer = await open(
        operation,
        deadline.signal === signal ? loose : { ...loose, signal: deadline.signal },
      );
      const { body } = answer;
      const bytes = takeWhole(body, maxAnswerBytes) ?? (await readBody(body, maxAnswerBytes));
      return toValue(operation, answer, bytes);
    } finally {
      deadline.lift();
    }
  }

  /** The time limit is one for the way to the connection, and not for its life. */
  async function upgrade(operation: string, loose: LooseOptions = {}): Promise<UpgradedConnection> {
    const { signal, lift } = createDeadline(operation, loose);
    try {
      return await tellOfCall(
        { endpoint, operation },
        async () => transport.upgrade(await prepare(operation, { ...loose, signal })),
        ({ isWritable }) => (isWritable ? 101 : 200),
      );
    } finally {
      lift();
    }
  }

  return {
    resolved,
    request: request as EngineClient["request"],
    stream: stream as EngineClient["stream"],
    upgrade: upgrade as EngineClient["upgrade"],
    apiVersion: async ({ signal } = {}) => negotiate(signal),
    describe: () => `${endpoint}, by ${resolved.source}: ${resolved.reason}`,
    close: () => transport.close(),
    [Symbol.asyncDispose]: () => transport.close(),
  };
}

/** Where this client looks for its Engine, in the form that `DOCKER_HOST` takes. */
export function describeEndpoint(client: EngineClient): string {
  return formatEndpoint(client.resolved.endpoint);
}

type PreparedRequest = TransportRequest & { readonly operation: string };

function splitOperation(operation: string): { method: string; template: string } {
  const [method = "", template = ""] = operation.split(" ");
  if (!/^[A-Z]+$/.test(method) || !template.startsWith("/")) {
    throw new TypeError(`"${operation}" is not an operation; write it like "GET /version"`);
  }
  return { method, template };
}

/** A ping tells the version, so it cannot need one. */
function isUnversioned(template: string): boolean {
  return template === "/_ping";
}

function prepareHeaders({ body, headers }: LooseOptions): Record<string, string> {
  const sent: Record<string, string> = {};
  if (body !== undefined) sent["content-type"] = isRawBody(body) ? "application/x-tar" : "application/json";
  if (headers === undefined) return sent;
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) sent[name.toLowerCase()] = value;
  }
  return sent;
}

function prepareBody(body: unknown): RequestBody | undefined {
  return body === undefined || isRawBody(body) ? body : JSON.stringify(body);
}

function isRawBody(body: unknown): body is RequestBody {
  if (typeof body === "string" || body instanceof Uint8Array || body instanceof ReadableStream) return true;
  return typeof body === "object" && body !== null && Symbol.asyncIterator in body;
}

function isSuccess(status: number): boolean {
  return (status >= 200 && status < 300) || status === 304;
}

async function readRefusal(body: ResponseBody): Promise<Buffer> {
  try {
    return await readBody(body, maxErrorBytes);
  } catch (error) {
    if (error instanceof ProtocolError) return Buffer.from("(an answer too long to show)");
    throw error;
  }
}

function toValue(operation: string, { status, headers }: StreamedAnswer, bytes: Buffer): unknown {
  if (status === 204 || status === 304 || bytes.length === 0) return undefined;
  const isJson = String(headers["content-type"] ?? "").includes("json");
  return isJson ? parseAnswer(operation, bytes) : bytes.toString("utf8");
}

function parseAnswer(operation: string, bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    throw new ProtocolError(
      `${operation}: the answer says that it is JSON, and is not (${bytes.length} bytes)`,
    );
  }
}

function checkVersion(version: string | undefined): string | undefined {
  if (version !== undefined && !/^\d+\.\d+$/.test(version)) {
    throw new EngineError(`apiVersion "${version}": write it like "${defaultApiVersion}"`);
  }
  return version;
}
