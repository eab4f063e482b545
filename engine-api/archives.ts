import type { ResponseBody } from "./bodies.ts";
import { type CallOptions, onlyCall } from "./call-options.ts";
import type { EngineClient, StreamedAnswer } from "./client.ts";
import { ProtocolError } from "./errors.ts";
import type { ByteStream } from "./images.ts";

/** What the Engine tells of a path in a container. */
export interface PathStat {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Permissions and kind, as Go's `os.FileMode` has them: the highest bit is a folder's. */
  readonly mode: number;
  /** When it was last changed, as RFC 3339. */
  readonly modified: string;
  /** What it points to, where it is a link; else empty. */
  readonly linkTarget: string;
}

/** A file or a folder of a container as a tar archive. */
export interface ContainerArchive {
  readonly stat: PathStat;
  /** The archive; must be read or destroyed. Leaving the loop closes the connection. */
  readonly tar: ResponseBody;
}

const statHeader = "x-docker-container-path-stat";

/**
 * A file or a folder of a container, running or not, as a tar stream. What is mounted from memory (tmpfs) is not seen.
 *
 * @throws ResponseError 404 for an unknown container or path.
 * @example
 * const { stat, tar } = await getArchive(client, "web", "/etc/hostname");
 * for await (const bytes of tar) out.write(bytes);
 */
export async function getArchive(
  client: EngineClient,
  id: string,
  path: string,
  options: CallOptions = {},
): Promise<ContainerArchive> {
  const answer = await client.stream("GET /containers/{id}/archive", pathIn(id, path, options));
  try {
    return { stat: readStat(answer), tar: answer.body };
  } catch (error) {
    answer.body.destroy();
    throw error;
  }
}

/** What the Engine knows of a path in a container. @throws ResponseError 404 for an unknown container or path. */
export async function statPath(
  client: EngineClient,
  id: string,
  path: string,
  options: CallOptions = {},
): Promise<PathStat> {
  const answer = await client.stream("HEAD /containers/{id}/archive", pathIn(id, path, options));
  answer.body.destroy();
  return readStat(answer);
}

/**
 * Unpacks a tar archive, as it is or compressed, into a folder of a container.
 *
 * @param options.keepKinds refuses to put a file in the place of a folder or the other way round, default false.
 * @param options.keepOwners takes the owners from the archive, default false: all belongs to the container's user.
 * @throws ResponseError 404 for an unknown container or folder, 403 where its root is read-only, 400 for what is no archive.
 */
export async function putArchive(
  client: EngineClient,
  id: string,
  folder: string,
  tar: ByteStream,
  options: CallOptions & { readonly keepKinds?: boolean; readonly keepOwners?: boolean } = {},
): Promise<void> {
  const { keepKinds = false, keepOwners = false } = options;
  const query = {
    path: folder,
    ...(keepKinds && { noOverwriteDirNonDir: "true" }),
    ...(keepOwners && { copyUIDGID: "true" }),
  };
  await client.request("PUT /containers/{id}/archive", {
    path: { id },
    query,
    body: tar,
    ...onlyCall(options),
  });
}

function pathIn(
  id: string,
  path: string,
  options: CallOptions,
): CallOptions & { readonly path: { id: string }; readonly query: { path: string } } {
  return { path: { id }, query: { path }, ...onlyCall(options) };
}

function readStat({ headers }: StreamedAnswer): PathStat {
  const header = headers[statHeader];
  try {
    const { name, size, mode, mtime, linkTarget } = JSON.parse(
      Buffer.from(String(header), "base64").toString("utf8"),
    );
    return { name, size, mode, modified: mtime, linkTarget: linkTarget ?? "" };
  } catch {
    throw new ProtocolError("the Engine's answer does not tell what the path is");
  }
}
