import { createClient, type EngineClient } from "../../../engine-api/client.ts";
import { parseEndpoint } from "../../../engine-api/endpoint.ts";
import { ResponseError } from "../../../engine-api/errors.ts";
import type { Answer, OperationKey, RequestArguments } from "../../../engine-api/operations.ts";
import { createTransport, type UpgradedConnection } from "../../../engine-api/transport.ts";
import { compareApiVersions } from "../../../engine-api/version.ts";
import { type Capture, captureTransport } from "./capture.ts";
import type { Normalizer } from "./normalize.ts";
import { readAnswer } from "./read-answer.ts";
import { type ArchiveEntry, packEntries, type Recording } from "./recording.ts";

/** A call's options, with an archive by its entries instead of a body of bytes. */
type Options<K extends OperationKey> = Omit<NonNullable<RequestArguments<K>[0]>, "body" | "signal"> & {
  readonly body?: NonNullable<RequestArguments<K>[0]>["body"];
  readonly archive?: readonly ArchiveEntry[];
};

/** Calls an Engine and keeps what both sides say. */
export interface Recorder {
  /** For what is not recorded. */
  readonly client: EngineClient;
  /** True where the Engine speaks this version of the API or a later one. */
  speaks(version: string): boolean;
  /** A call that the Engine does. */
  call<K extends OperationKey>(operation: K, options?: Options<K>): Promise<Answer<K>>;
  /** A call that the Engine refuses; fails where it does not. */
  refused<K extends OperationKey>(operation: K, options?: Options<K>): Promise<void>;
  /** An answer that is a stream, to its end or for so many pieces. */
  stream<K extends OperationKey>(
    operation: K,
    options: Options<K> & { readonly pieces?: number },
  ): Promise<void>;
  /** A connection that the Engine hands over: writes the input, ends it, and reads all. */
  upgrade<K extends OperationKey>(
    operation: K,
    options: Options<K> & { readonly input?: string; readonly onOpen?: () => Promise<unknown> },
  ): Promise<void>;
  /** All so far, in the order in which the calls were begun; the next ones begin anew. */
  take(): Promise<Recording[]>;
  close(): Promise<void>;
}

interface Loose {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly archive?: readonly ArchiveEntry[];
  readonly input?: string;
  readonly pieces?: number;
  readonly onOpen?: () => Promise<unknown>;
}

/** The client's three ways without their types, which the recorder's own methods have already checked. */
interface LooseClient {
  request(operation: string, options: Loose): Promise<unknown>;
  stream(operation: string, options: Loose): Promise<{ readonly body: AsyncIterable<Uint8Array> }>;
  upgrade(operation: string, options: Loose): Promise<UpgradedConnection>;
}

/** A recorder of the Engine at an endpoint. */
export async function createRecorder(endpoint: string, normalizer: Normalizer): Promise<Recorder> {
  const { transport, run, aside } = captureTransport(createTransport(parseEndpoint(endpoint)));
  const client = createClient({ endpoint, transport, retries: 0 });
  const api = await client.apiVersion();
  const calls = client as unknown as LooseClient;
  let recordings: Promise<Recording>[] = [];

  async function record<T>(
    how: Recording["how"],
    operation: string,
    options: Loose,
    call: (options: Loose, capture: Capture) => Promise<T>,
  ): Promise<T> {
    const { archive, input: _input, pieces: _pieces, onOpen: _onOpen, ...rest } = options;
    const body = archive === undefined ? {} : { body: await packEntries(archive) };
    const { capture, outcome } = run((own) => call({ ...rest, ...body }, own));
    const finish = async (): Promise<Recording> => ({
      operation,
      how,
      request: toRequest(options, capture),
      answer: await readAnswer(capture, how),
    });
    const recording = outcome.then(finish, finish);
    // Who takes it hears of what is amiss with it.
    recording.catch(() => undefined);
    recordings.push(recording);
    return outcome;
  }

  async function refused(operation: string, options: Loose = {}): Promise<void> {
    try {
      await record("request", operation, options, (given) => calls.request(operation, given));
    } catch (error) {
      if (error instanceof ResponseError) return;
      throw error;
    }
    throw new Error(`${operation} was to be refused, and was not`);
  }

  async function stream(operation: string, options: Loose): Promise<void> {
    await record("stream", operation, options, async (given) => {
      const { body } = await calls.stream(operation, given);
      let left = options.pieces ?? Number.POSITIVE_INFINITY;
      for await (const _ of body) if (--left === 0) break;
    });
  }

  async function upgrade(operation: string, options: Loose): Promise<void> {
    await record("upgrade", operation, options, async (given, { pieces }) => {
      const { socket } = await calls.upgrade(operation, given);
      await aside(async () => options.onOpen?.());
      if (options.input !== undefined) socket.end(options.input);
      for await (const piece of socket) pieces.push(piece as Uint8Array);
      socket.destroy();
    });
  }

  return {
    client,
    speaks: (version) => compareApiVersions(api, version) >= 0,
    call: ((operation: string, options: Loose = {}) =>
      record("request", operation, options, (given) => calls.request(operation, given))) as Recorder["call"],
    refused: refused as Recorder["refused"],
    stream: stream as Recorder["stream"],
    upgrade: upgrade as Recorder["upgrade"],
    async take() {
      const taken = await Promise.all(recordings);
      recordings = [];
      return taken.map((recording) => normalizer.recording(recording));
    },
    close: () => client.close(),
  };
}

function toRequest(
  { path, query, headers, body, archive, input }: Loose,
  { url }: Capture,
): Recording["request"] {
  return {
    url,
    ...(path && { path }),
    ...(query && { query }),
    ...(headers && { headers }),
    ...(body !== undefined && { body }),
    ...(archive && { archive }),
    ...(input !== undefined && { input }),
  };
}
