import { unpackTar } from "modern-tar";
import { createDemultiplexer, type OutputChunk } from "../../../engine-api/frames.ts";
import type { Capture } from "./capture.ts";
import type { ArchiveEntry, RecordedAnswer, Recording } from "./recording.ts";

/** Headers that say something about the answer; the rest is the moment's and the connection's. */
const keptHeaders = [
  "api-version",
  "builder-version",
  "content-type",
  "docker-experimental",
  "swarm",
  "x-docker-container-path-stat",
];

const longestText = 200;

/** What was answered, as a recording keeps it. */
export async function readAnswer(capture: Capture, how: Recording["how"]): Promise<RecordedAnswer> {
  const { status, pieces } = capture;
  const headers: Record<string, string> = {};
  for (const name of keptHeaders) {
    const value = capture.headers[name];
    if (value !== undefined) headers[name] = String(value);
  }
  const bytes = Buffer.concat(pieces);
  return {
    status,
    headers,
    ...(bytes.length > 0 && (await readBody(bytes, headers, how === "stream" && status < 400))),
  };
}

async function readBody(
  bytes: Buffer,
  headers: Readonly<Record<string, string>>,
  isStream: boolean,
): Promise<Partial<RecordedAnswer>> {
  if (bytes.toString("latin1", 257, 262) === "ustar") return { archive: await readArchive(bytes) };
  const isJson = headers["content-type"]?.includes("json") ?? /^[{[]/.test(bytes.toString("latin1", 0, 1));
  if (isJson && isStream && bytes.includes("\n")) return { lines: readLines(bytes) };
  if (isJson) return { json: JSON.parse(bytes.toString("utf8")) };
  const frames = readFrames(bytes);
  return frames === null ? { text: bytes.toString("utf8") } : { frames };
}

/** One that was left early ends in the middle of a line. In which order layers are prepared is chance. */
function readLines(bytes: Buffer): unknown[] {
  const lines = bytes.toString("utf8").split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line)).filter(({ status }) => status !== "Preparing");
}

/** Null where it is no stream of frames. Frames of one stream that follow each other are one, for how it was cut is chance. */
function readFrames(bytes: Buffer): NonNullable<RecordedAnswer["frames"]> | null {
  const demultiplexer = createDemultiplexer();
  let chunks: readonly OutputChunk[];
  try {
    chunks = demultiplexer.push(bytes);
    demultiplexer.end();
  } catch {
    return null;
  }
  const frames: ["stdout" | "stderr", string][] = [];
  for (const { stream, bytes: payload } of chunks) {
    const text = Buffer.from(payload).toString("utf8");
    const last = frames.at(-1);
    if (last?.[0] === stream) last[1] += text;
    else frames.push([stream, text]);
  }
  return frames;
}

/** Entries that are named for what they hold differ from one time to the next, as their order does. */
async function readArchive(bytes: Buffer): Promise<ArchiveEntry[]> {
  const entries = await unpackTar(bytes);
  return entries
    .filter(({ header }) => !/[0-9a-f]{64}/.test(header.name))
    .map(({ header, data }) => ({
      name: header.name,
      type: toType(header.type),
      ...(isShort(data) && { text: Buffer.from(data).toString("utf8") }),
    }));
}

function toType(type: string | undefined): ArchiveEntry["type"] {
  return type === "directory" || type === "symlink" ? type : "file";
}

function isShort(data: Uint8Array | undefined): data is Uint8Array {
  return data !== undefined && data.length > 0 && data.length <= longestText;
}
