import { existsSync, readFileSync } from "node:fs";
import { type JournalRecord, parseRecord } from "../../../lib/loop/journal/records.ts";

/** The whole lines of a journal; one that was cut is left out, and what is no record is thrown at. */
export function readRecords(path: string): readonly JournalRecord[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n");
  return lines.slice(0, -1).map((line, place) => {
    const record = parseRecord(line);
    if (record === null)
      throw new Error(`line ${place + 1} of the journal is no record: ${line.slice(0, 100)}`);
    return record;
  });
}

/** What a journal says of its candidates, for comparing: in the order of their proposals, without times. */
export interface JournalFacts {
  /** Ids that were proposed, or have an end, more or less than once. */
  readonly wrong: readonly string[];
  readonly candidates: readonly {
    readonly index: number;
    readonly code: string;
    readonly score: number | null;
    readonly status: string;
  }[];
  /** Numbers of proposals, repeated ones too. */
  readonly indexes: readonly number[];
}

export function journalFacts(path: string): JournalFacts {
  const records = readRecords(path);
  const proposed = records.filter((record) => record.type === "proposed");
  const ends = records.filter((record) => record.type === "result" || record.type === "dead-letter");
  const count = (id: string, among: readonly { readonly id: string }[]): number =>
    among.filter((record) => record.id === id).length;
  const ids = new Set([...proposed, ...ends].map(({ id }) => id));
  const candidates = proposed.map(({ index, id, code }) => {
    const end = ends.find((record) => record.id === id);
    const isResult = end?.type === "result";
    const status = isResult ? (end.failure?.status ?? "ok") : (end?.type ?? "no end");
    return { index, code, score: isResult ? end.score : null, status };
  });
  const all = records.flatMap((record) => ("index" in record ? [record.index] : []));
  return {
    wrong: [...ids].filter((id) => count(id, proposed) !== 1 || count(id, ends) !== 1),
    candidates: candidates.sort((left, right) => left.index - right.index),
    indexes: all.sort((left, right) => left - right),
  };
}
