import { once } from "node:events";
import type { Duplex } from "node:stream";
import { getResponse, HttpResponse, http } from "msw";
import {
  answerBy,
  empty,
  type Handler,
  hijack,
  type StubEngine,
  startStubEngine,
} from "../../../engine-api/testing/mod.ts";
import { answerBytes, packEntries, type Recording } from "./recording.ts";

/** What the stub was asked, as far as a recording says it. */
export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly body: Buffer;
  /** What came over a connection that was handed over. */
  input?: string;
}

/** A stub that answers as was recorded. */
export interface ReplayingEngine extends StubEngine {
  readonly asked: readonly Asked[];
}

/** So many bytes of a body come at once, so that no frame and no line comes whole. */
const pieceBytes = 7;

/**
 * Answers what was recorded, in the order in which it was recorded: plain answers by handlers of Mock Service Worker, connections that are
 * handed over by their bytes.
 */
export async function startReplay(api: string, recordings: readonly Recording[]): Promise<ReplayingEngine> {
  const asked: Asked[] = [];
  const isHijacked = ({ how, answer }: Recording): boolean => how === "upgrade" && answer.status === 101;
  const handlers = recordings.filter((recording) => !isHijacked(recording)).map(toMswHandler);
  const plain = answerBy((request) => getResponse(handlers, request));
  const hijacks = recordings.filter(isHijacked);
  // Both sides agree on a version before anything else is asked.
  let isAgreed = false;
  const answer: Handler = async (exchange) => {
    const { method, url, headers } = exchange.request;
    const body = await exchange.body();
    const own: Asked = { method, url, body };
    if (!isAgreed) {
      isAgreed = true;
      return empty(200, { "api-version": api })(exchange);
    }
    asked.push(own);
    const again = { ...exchange, body: () => Promise.resolve(body) };
    if (headers.upgrade === undefined) return plain(again);
    const recording = hijacks.shift();
    if (recording === undefined) throw new Error(`no connection was recorded for ${url}`);
    return hijack(async (socket) => {
      if (recording.request.input !== undefined) own.input = await readText(socket);
      for await (const piece of cutUp(await answerBytes(recording.answer))) socket.write(piece);
      socket.end();
    })(again);
  };
  return { ...(await startStubEngine({ "*": answer })), asked };
}

/** What the client must have sent for a recorded request. */
export async function expectedOf({ operation, request }: Recording): Promise<Asked> {
  const { url, body, archive, input } = request;
  const bytes =
    archive === undefined ? (body === undefined ? "" : JSON.stringify(body)) : await packEntries(archive);
  const [method = ""] = operation.split(" ");
  return { method, url, body: Buffer.from(bytes as string), ...(input !== undefined && { input }) };
}

function toMswHandler({ operation, request, answer }: Recording): ReturnType<typeof http.all> {
  const [method = "", template = ""] = operation.split(" ");
  const version = /^\/v\d+\.\d+(?=\/)/.exec(request.url)?.[0] ?? "";
  const address = `http://docker${version}${template.replace(/\{(\w+)\}/g, ":$1")}`;
  const respond = async () => {
    const bytes = await answerBytes(answer);
    const isEmpty = bytes.length === 0 || method === "HEAD";
    const body = isEmpty ? null : ReadableStream.from<Uint8Array>(cutUp(bytes));
    return new HttpResponse(body, { status: answer.status, headers: answer.headers });
  };
  const of = { GET: http.get, HEAD: http.head, POST: http.post, PUT: http.put, DELETE: http.delete }[method];
  if (of === undefined) throw new Error(`no handler for ${operation}`);
  return of(address, respond, { once: true });
}

async function* cutUp(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  // Long bodies need not come in as many pieces to be cut everywhere.
  const length = Math.max(pieceBytes, Math.ceil(bytes.length / 100));
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

/** Leaves the other direction open, as the loop over a stream would not. */
async function readText(socket: Duplex): Promise<string> {
  const pieces: Uint8Array[] = [];
  socket.on("data", (piece: Uint8Array) => pieces.push(piece));
  await once(socket, "end");
  return Buffer.concat(pieces).toString("utf8");
}
