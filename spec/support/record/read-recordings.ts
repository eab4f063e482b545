import { readdirSync, readFileSync } from "node:fs";
import type { RecordingFile } from "./recording.ts";

/** The versions of the API that were recorded. */
export const recordedVersions = ["1.41", "1.45"] as const;

/** A file of recordings and its name. */
export interface NamedFile extends RecordingFile {
  readonly name: string;
}

/** What is in `spec/fixtures/api-VERSION`. */
export function readRecordings(version: string): readonly NamedFile[] {
  const folder = new URL(`../../fixtures/api-${version}/`, import.meta.url);
  return readdirSync(folder).map((file) => ({
    name: file.replace(".json", ""),
    ...(JSON.parse(readFileSync(new URL(file, folder), "utf8")) as RecordingFile),
  }));
}
