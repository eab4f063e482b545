import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { type Endpoint, hostInUrl, type TlsFiles } from "./endpoint.ts";
import { EngineError } from "./errors.ts";
import { openSshConnection } from "./ssh-connection.ts";

/** Where a socket leads, and what TLS needs, as PEM text. */
export interface SocketOptions {
  readonly socketPath?: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** Makes a connection; gives it at once too, where it is there before it leads anywhere. */
export type Connect = (
  options: unknown,
  callback: (error: Error | null, socket?: Socket) => void,
) => Socket | undefined;

/** How undici connects to an endpoint. */
export interface Connector {
  readonly origin: string;
  /** Options of `net.connect` and `tls.connect`, or what makes a connection by itself. */
  readonly connect: SocketOptions | Connect;
}

/**
 * Reads the files that TLS needs.
 *
 * @throws EngineError where one cannot be read.
 */
export function createConnector(endpoint: Endpoint): Connector {
  switch (endpoint.kind) {
    case "unix":
      return { origin: "http://docker", connect: { socketPath: endpoint.socketPath } };
    case "npipe":
      return { origin: "http://docker", connect: { socketPath: endpoint.pipePath } };
    case "ssh":
      return {
        origin: "http://docker",
        connect(_options, callback) {
          const connection = openSshConnection(endpoint) as Socket;
          // undici goes on only where it is called back later.
          setImmediate(() => callback(null, connection));
          return connection;
        },
      };
    case "tcp": {
      const place = `${hostInUrl(endpoint.host)}:${endpoint.port}`;
      if (endpoint.tls === undefined) return { origin: `http://${place}`, connect: {} };
      return { origin: `https://${place}`, connect: readTls(endpoint.tls) };
    }
    default:
      return endpoint satisfies never;
  }
}

/** The same way, to connections that keep no process alive. */
export function connectQuietly(connect: Connect): Connect {
  return (options, callback) => {
    const socket = connect(options, callback);
    socket?.unref();
    // undici takes them back into account with each request.
    if (socket !== undefined) socket.ref = () => socket;
    return socket;
  };
}

function readTls({ caFile, certFile, keyFile }: TlsFiles): SocketOptions {
  return {
    ...(caFile !== null && { ca: readPem(caFile) }),
    ...(certFile !== null && { cert: readPem(certFile) }),
    ...(keyFile !== null && { key: readPem(keyFile) }),
  };
}

function readPem(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new EngineError(
      `TLS needs ${path}, which cannot be read; set DOCKER_CERT_PATH to the folder of ca.pem, cert.pem and key.pem`,
      { cause },
    );
  }
}
