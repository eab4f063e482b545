import {
  idPattern,
  longestList,
  normalHost,
  normalNumbers,
  normalPatterns,
  normalTexts,
  wholeLists,
} from "./normal-forms.ts";
import type { RecordedAnswer, Recording } from "./recording.ts";

/** Makes recordings that are the same each time. Ids keep who is who: each gets its own number, in the order in which they are seen. */
export interface Normalizer {
  recording(recording: Recording): Recording;
}

/**
 * @param literals what is this machine's or this Engine's own, and what stands for it.
 * @param host the machine's name.
 */
export function createNormalizer(
  literals: readonly (readonly [own: string, normal: string])[],
  host: string,
): Normalizer {
  const ids = new Map<string, string>();

  function text(given: string): string {
    if (given === host) return normalHost;
    let result = given;
    for (const [own, normal] of literals) result = result.replaceAll(own, normal);
    for (const [pattern, normal] of normalPatterns) result = result.replace(pattern, normal);
    return result.replace(idPattern, normalId);
  }

  /** Ids touch the letters of percent-encoding, so that they are found only behind it. */
  function url(given: string): string {
    const [path = "", query] = given.split("?");
    const parts = path.split("/").map((part) => encodeURIComponent(text(decodeURIComponent(part))));
    if (query === undefined) return parts.join("/");
    const pairs = [...new URLSearchParams(query)].map(([name, part]): [string, string] => [
      name,
      name === "version" && Number(part) > 0 ? String(normalNumbers.Index) : text(part),
    ]);
    return `${parts.join("/")}?${new URLSearchParams(pairs)}`;
  }

  /** A short id is the beginning of a long one. */
  function normalId(id: string): string {
    const isHex = id.length !== 25;
    const key = isHex ? id.slice(0, 12) : id;
    const known = ids.get(key);
    const number = known ?? String(ids.size + 1);
    if (known === undefined) ids.set(key, number);
    return isHex
      ? `c0ffee${number.padStart(6, "0")}`.padEnd(id.length, "0")
      : `task${number.padStart(21, "0")}`;
  }

  function value(given: unknown, key = ""): unknown {
    if (typeof given === "string") return given === "" ? "" : (normalTexts[key] ?? text(given));
    if (typeof given === "number") return given > 0 ? (normalNumbers[key] ?? given) : given;
    if (Array.isArray(given)) return list(given, key);
    if (typeof given !== "object" || given === null) return given;
    return Object.fromEntries(Object.entries(given).map(([name, inner]) => [text(name), value(inner, name)]));
  }

  function list(given: readonly unknown[], key: string): unknown[] {
    // Pairs, as the storage driver tells of itself.
    const [name] = given;
    if (key === "DriverStatus") return given.map((pair) => list(pair as unknown[], ""));
    if (given.length === 2 && typeof name === "string" && normalTexts[name] !== undefined)
      return [name, normalTexts[name]];
    if (key === "Processes") return given.map((row) => (row as string[]).map(normalCell));
    return given.slice(0, wholeLists.has(key) ? undefined : longestList).map((item) => value(item, key));
  }

  function headers(given: RecordedAnswer["headers"]): RecordedAnswer["headers"] {
    const stat = given["x-docker-container-path-stat"];
    const normal = value(given) as RecordedAnswer["headers"];
    if (stat === undefined) return normal;
    const decoded = value(JSON.parse(Buffer.from(stat, "base64").toString("utf8")));
    return {
      ...normal,
      "x-docker-container-path-stat": Buffer.from(JSON.stringify(decoded)).toString("base64"),
    };
  }

  return {
    recording({ operation, how, request, answer }) {
      const isReading = operation === "GET /containers/{id}/stats" && answer.status === 200;
      const normal = value(answer) as RecordedAnswer;
      return {
        operation,
        how,
        request: { ...(value(request) as Recording["request"]), url: url(request.url) },
        answer: {
          ...(isReading ? (normalReading(normal) as RecordedAnswer) : normal),
          status: answer.status,
          headers: headers(answer.headers),
        },
      };
    },
  };
}

/** A cell of the table of processes: numbers and times differ. */
function normalCell(cell: string): string {
  if (/^\d+$/.test(cell)) return "1";
  return /^\d\d:\d\d/.test(cell) ? "00:00:00" : cell;
}

/** Of what a container uses every number is the moment's. */
function normalReading(given: unknown): unknown {
  if (typeof given === "number") return 1000;
  if (Array.isArray(given)) return given.slice(0, 2).map(normalReading);
  if (typeof given !== "object" || given === null) return given;
  return Object.fromEntries(
    Object.entries(given).map(([name, inner]) => [
      name,
      /^io_.*recursive$/.test(name) && inner !== null ? [] : normalReading(inner),
    ]),
  );
}
