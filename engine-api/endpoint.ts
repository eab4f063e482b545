import { EngineError } from "./errors.ts";

/** Where an Engine listens. */
export type Endpoint =
  | { readonly kind: "unix"; readonly socketPath: string }
  /** A named pipe of Windows, for example `\\.\pipe\docker_engine`. */
  | { readonly kind: "npipe"; readonly pipePath: string }
  /** With `tls` where the connection is encrypted. */
  | { readonly kind: "tcp"; readonly host: string; readonly port: number; readonly tls?: TlsFiles }
  /** Through the program `ssh` and `docker system dial-stdio` on the other side; null where ssh's own configuration decides. */
  | {
      readonly kind: "ssh";
      readonly host: string;
      readonly port: number | null;
      readonly user: string | null;
      /** The Engine's socket there; its own default where null. */
      readonly socketPath: string | null;
    };

/** Files of PEM text for an encrypted connection; null where there is none. They are read when the client is made. */
export interface TlsFiles {
  /** Whom the Engine's certificate must be signed by; the system's authorities where null. */
  readonly caFile: string | null;
  readonly certFile: string | null;
  readonly keyFile: string | null;
}

const forms =
  "unix:///path, tcp://host:port, http://host:port, https://host:port, ssh://user@host, or npipe:////./pipe/name";
const plainPort = 2375;
const tlsPort = 2376;

/** Without files: the system's authorities, and no certificate of one's own. */
export const noTlsFiles: TlsFiles = { caFile: null, certFile: null, keyFile: null };

/**
 * Reads `unix:///path`, an absolute path, `tcp://host:port`, `http://host:port`, `https://host:port`, `ssh://user@host:port/path/of/socket` or
 * `npipe:////./pipe/name`. Where no port is given it is 2375, or 2376 with TLS.
 *
 * @throws EngineError for anything else, with the forms that are understood.
 */
export function parseEndpoint(address: string): Endpoint {
  if (address.startsWith("/")) return { kind: "unix", socketPath: address };
  if (address.startsWith("unix://")) return parseUnix(address);
  if (/^(tcp|https?):\/\//.test(address)) return parseTcp(address);
  if (address.startsWith("ssh://")) return parseSsh(address);
  if (address.startsWith("npipe://")) return parsePipe(address);
  throw new EngineError(`cannot use the Docker endpoint "${withoutCredentials(address)}": give ${forms}`);
}

/** The endpoint in the form that `DOCKER_HOST` takes. */
export function formatEndpoint(endpoint: Endpoint): string {
  switch (endpoint.kind) {
    case "unix":
      return `unix://${endpoint.socketPath}`;
    case "npipe":
      return `npipe://${endpoint.pipePath.replaceAll("\\", "/")}`;
    case "tcp":
      return `${endpoint.tls === undefined ? "tcp" : "https"}://${hostInUrl(endpoint.host)}:${endpoint.port}`;
    case "ssh": {
      const user = endpoint.user === null ? "" : `${endpoint.user}@`;
      const port = endpoint.port === null ? "" : `:${endpoint.port}`;
      return `ssh://${user}${hostInUrl(endpoint.host)}${port}${endpoint.socketPath ?? ""}`;
    }
    default:
      return endpoint satisfies never;
  }
}

/** An IPv6 address needs brackets in a URL. */
export function hostInUrl(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

/** The same endpoint with TLS; others than tcp have none to give. */
export function withTls(endpoint: Endpoint, tls: TlsFiles): Endpoint {
  if (endpoint.kind !== "tcp") return endpoint;
  return { ...endpoint, tls };
}

/** An address for an error: what may be a name or a password in it is left out. */
export function withoutCredentials(address: string): string {
  return address
    .replace(/^([a-z+]+:\/\/)?.*@/is, "$1***@")
    .replace(/[?#].*$/s, "?***")
    .slice(0, 200);
}

function parseUnix(address: string): Endpoint {
  const socketPath = address.slice("unix://".length);
  if (!socketPath.startsWith("/")) {
    throw new EngineError(
      `cannot use the Docker endpoint "${withoutCredentials(address)}": the socket's path must be absolute`,
    );
  }
  return { kind: "unix", socketPath };
}

function parseTcp(address: string): Endpoint {
  // Only as http does the parser check the host.
  const text = address.replace(/^(tcp|https):/, "http:");
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.port === "0" || !isBare(url, text)) {
    throw new EngineError(
      `cannot use the Docker endpoint "${withoutCredentials(address)}": give tcp://host:port, without a path or a user`,
    );
  }
  const isTls = address.startsWith("https:");
  const hasDefaultPort = /:80$/.test(address.replace(/\/$/, ""));
  const port = url.port === "" ? (hasDefaultPort ? 80 : isTls ? tlsPort : plainPort) : Number(url.port);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return { kind: "tcp", host, port, ...(isTls && { tls: noTlsFiles }) };
}

/** True for host and port alone: what else an address says would be dropped in silence. */
function isBare({ hostname, pathname }: URL, text: string): boolean {
  return hostname !== "" && pathname === "/" && !/[@?#]/.test(text);
}

function parseSsh(address: string): Endpoint {
  const match = /^ssh:\/\/(?:([^@/:?#]+)@)?(\[[0-9a-f:.]+\]|[^@/:?#[\]]+)(?::(\d{1,5}))?(\/[^?#]*)?$/i.exec(
    address,
  );
  const [, user = null, bracketed = "", digits, path = "/"] = match ?? [];
  const port = digits === undefined ? null : Number(digits);
  const host = bracketed.replace(/^\[|\]$/g, "");
  // A name that begins with a hyphen would be an option of ssh's.
  const isOption = [host, user].some((name) => name?.startsWith("-"));
  if (match === null || isOption || /\s/.test(address) || port === 0 || (port ?? 1) > 65535)
    throw new EngineError(
      `cannot use the Docker endpoint "${withoutCredentials(address)}": give ssh://user@host, ssh://host:port or ssh://host/path/of/socket, without a password`,
    );
  return { kind: "ssh", host, port, user, socketPath: path === "/" ? null : path };
}

function parsePipe(address: string): Endpoint {
  const path = address.slice("npipe://".length);
  if (!/^\/\/[\w.-]+\/pipe\/[\w.-]+$/.test(path))
    throw new EngineError(
      `cannot use the Docker endpoint "${withoutCredentials(address)}": give npipe:////./pipe/name`,
    );
  return { kind: "npipe", pipePath: path.replaceAll("/", "\\") };
}
