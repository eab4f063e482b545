/**
 * The base of every error that this client throws by itself; an aborted call rejects with its signal's own reason instead.
 *
 * @example
 * try { await inspectContainer(client, "web"); } catch (error) { if (isNotFound(error)) return null; throw error; }
 */
export class EngineError extends Error {
  override readonly name: string = "EngineError";
}

/** The Engine answered, and refused. */
export class ResponseError extends EngineError {
  override readonly name = "ResponseError";
  /** HTTP status, for example 404. */
  readonly status: number;
  /** Method and path template, for example `GET /containers/{id}/json`. */
  readonly operation: string;
  /** The Engine's own words, at most 4 KiB of them; empty where it gave none. */
  readonly engineMessage: string;

  constructor(operation: string, status: number, engineMessage: string) {
    super(`${operation} answered ${status}${engineMessage === "" ? "" : `: ${engineMessage}`}`);
    this.operation = operation;
    this.status = status;
    this.engineMessage = engineMessage;
  }
}

/** The Engine could not be reached, or the connection was lost. */
export class ConnectionError extends EngineError {
  override readonly name = "ConnectionError";
  /** Where the Engine was looked for, for example `unix:///var/run/docker.sock`. */
  readonly endpoint: string;
  /** The system's code, for example `ENOENT` or `EACCES`; null where there is none. */
  readonly code: string | null;

  constructor(endpoint: string, cause: unknown) {
    const code = systemCode(cause);
    super(`cannot talk to the Docker Engine at ${endpoint}: ${explainConnection(code, cause)}`, { cause });
    this.endpoint = endpoint;
    this.code = code;
  }
}

/** The Engine, or something between it and us, sent what its protocol does not allow. */
export class ProtocolError extends EngineError {
  override readonly name = "ProtocolError";
}

/** True for an answer with status 404. */
export function isNotFound(error: unknown): error is ResponseError {
  return hasStatus(error, 404);
}

/** True for an answer with status 409: the name is taken, a removal is in progress, the container's state forbids it. */
export function isConflict(error: unknown): error is ResponseError {
  return hasStatus(error, 409);
}

/** True where the Engine could not be reached or the connection was lost. */
export function isConnectionError(error: unknown): error is ConnectionError {
  return error instanceof ConnectionError;
}

/** True where what was sent is not what the protocol allows, or over a cap. */
export function isProtocolError(error: unknown): error is ProtocolError {
  return error instanceof ProtocolError;
}

/** True for a refusal of the Engine with any status. */
export function isResponseError(error: unknown): error is ResponseError {
  return error instanceof ResponseError;
}

/** What a reader gets whose connection was closed before its end, with the code that Node gives it. */
export function prematureClose(): Error {
  return Object.assign(new Error("premature close"), { code: "ERR_STREAM_PREMATURE_CLOSE" });
}

function hasStatus(error: unknown, status: number): boolean {
  return error instanceof ResponseError && error.status === status;
}

function systemCode(cause: unknown): string | null {
  if (!(cause instanceof Error)) return null;
  if (cause instanceof AggregateError) return systemCode(cause.errors[0]);
  const code = (cause as { code?: unknown }).code;
  return typeof code === "string" ? code : null;
}

const explanations: Readonly<Record<string, string>> = {
  ENOENT: "there is no such socket (ENOENT). Is an Engine installed and running?",
  ECONNREFUSED: "nobody listens there (ECONNREFUSED). Is the Engine running?",
  EACCES: "no permission to open the socket (EACCES). Run as a member of the group docker, or as root",
  EPERM: "no permission to open the socket (EPERM). Run as a member of the group docker, or as root",
  ENOTFOUND: "the host name is not known (ENOTFOUND). Check DOCKER_HOST",
  ECONNRESET: "the connection was reset (ECONNRESET). Did the Engine stop?",
  UND_ERR_SOCKET: "the connection was closed. Did the Engine stop?",
  ERR_STREAM_PREMATURE_CLOSE: "the connection was closed before its end. Did the Engine stop?",
};

function explainConnection(code: string | null, cause: unknown): string {
  const known = code === null ? undefined : explanations[code];
  if (known !== undefined) return known;
  return cause instanceof Error && cause.message !== "" ? cause.message : String(code ?? cause);
}
