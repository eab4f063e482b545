/** What real Engines answered, through the client's own transport: see `spec/support/record`. */
import * as assert from "uvu/assert";
import {
  createClient,
  type EngineClient,
  isConflict,
  isNotFound,
  ResponseError,
  type UpgradedConnection,
} from "../../engine-api/mod.ts";
import { rejectionOf } from "../support/catch-error.ts";
import { readRecordings, recordedVersions } from "../support/record/read-recordings.ts";
import { answerBytes, packEntries, type Recording } from "../support/record/recording.ts";
import { type Asked, expectedOf, startReplay } from "../support/record/replay.ts";
import { suite } from "../support/suite.ts";

const test = suite("engine-api/recorded");

interface Options {
  readonly path?: unknown;
  readonly query?: unknown;
  readonly headers?: unknown;
  readonly body?: unknown;
}

/** The client's ways without their types: recordings are data. */
interface LooseClient {
  request(operation: string, options: Options): Promise<unknown>;
  stream(
    operation: string,
    options: Options,
  ): Promise<{ readonly status: number; readonly body: AsyncIterable<Uint8Array> }>;
  upgrade(operation: string, options: Options): Promise<UpgradedConnection>;
}

async function optionsOf({ request }: Recording): Promise<Options> {
  const { path, query, headers, body, archive } = request;
  return {
    ...(path && { path }),
    ...(query && { query }),
    ...(headers && { headers }),
    ...(body !== undefined && { body }),
    ...(archive && { body: await packEntries(archive) }),
  };
}

async function collect(readable: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces = [];
  for await (const piece of readable) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** Makes the call once more, and compares what comes back. */
async function callAgain(client: EngineClient, recording: Recording): Promise<void> {
  const { operation, how, answer, request } = recording;
  const calls = client as unknown as LooseClient;
  const options = await optionsOf(recording);
  if (answer.status >= 400) return assertRefusal(calls[how](operation, options), recording);
  if (how === "request") return assert.equal(await calls.request(operation, options), valueIn(recording));
  const bytes = Buffer.from(await answerBytes(answer));
  if (how === "stream") {
    const { status, body } = await calls.stream(operation, options);
    assert.is(status, answer.status);
    return assert.equal(await collect(body), bytes);
  }
  const { socket, isWritable } = await calls.upgrade(operation, options);
  assert.is(isWritable, true);
  if (request.input !== undefined) socket.end(request.input);
  assert.equal(await collect(socket), bytes);
}

function valueIn({ answer }: Recording): unknown {
  return answer.json === undefined ? answer.text : answer.json;
}

async function assertRefusal(call: Promise<unknown>, { operation, answer }: Recording): Promise<void> {
  const error = await rejectionOf(call, ResponseError);
  const message = (answer.json as { message?: string } | undefined)?.message ?? answer.text ?? "";
  assert.equal(
    [error.status, error.operation, error.engineMessage],
    [answer.status, operation, message.trim()],
  );
  assert.is(isNotFound(error), answer.status === 404);
  assert.is(isConflict(error), answer.status === 409);
}

for (const api of recordedVersions)
  for (const { name, recordings } of readRecordings(api))
    test(`API ${api}, ${name}: each call is sent as it was, and gives what the Engine answered`, async () => {
      await using engine = await startReplay(api, recordings);
      await using client = createClient({ endpoint: engine.endpoint, retries: 0 });
      assert.is(await client.apiVersion(), api);
      const expected: Asked[] = [];
      for (const recording of recordings) {
        await callAgain(client, recording);
        expected.push(await expectedOf(recording));
      }
      assert.is(engine.asked.length, expected.length);
      for (const [index, asked] of engine.asked.entries()) assert.equal(asked, expected[index]);
    });

test.run();
