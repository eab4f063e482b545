import { ConfigError } from "../errors.ts";

const durationUnits: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
};

const sizeUnits: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  k: 1024,
  m: 1024 ** 2,
  g: 1024 ** 3,
  t: 1024 ** 4,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
  tib: 1024 ** 4,
};

/**
 * Milliseconds of a text such as `600s`, `500ms`, `10m`, `1.5h`. A bare number counts seconds.
 *
 * @throws ConfigError for anything else; `name` is what the message calls it.
 */
export function parseDuration(text: string, name: string): number {
  const { amount, unit } = split(text);
  const factor = unit === "" ? 1000 : durationUnits[unit];
  if (amount === null || factor === undefined) {
    throw new ConfigError(
      `${name}: "${text.slice(0, 40)}" is not a duration; write it like 30s, 500ms or 10m`,
    );
  }
  return Math.round(amount * factor);
}

/**
 * Bytes of a text such as `512MiB`, `2GiB`, `2g` (both 1024-based), `500MB` (1000-based). A bare number counts bytes.
 *
 * @throws ConfigError for anything else; `name` is what the message calls it.
 */
export function parseSize(text: string, name: string): number {
  const { amount, unit } = split(text);
  const factor = unit === "" ? 1 : sizeUnits[unit];
  if (amount === null || factor === undefined) {
    throw new ConfigError(`${name}: "${text.slice(0, 40)}" is not a size; write it like 512MiB or 2GiB`);
  }
  return Math.round(amount * factor);
}

/** `2 GiB`, `512 MiB`, `1.5 KiB`, `12 B`. */
export function formatSize(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${round(bytes / 1024 ** power)} ${units[power]}`;
}

/** `340 ms`, `2.1 s`, `10 min`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return ms < 120_000 ? `${round(ms / 1000)} s` : `${round(ms / 60_000)} min`;
}

function round(value: number): number {
  return Number(value.toFixed(value < 10 ? 2 : 1));
}

function split(text: string): { amount: number | null; unit: string } {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-zA-Z]*)\s*$/.exec(text);
  return match === null
    ? { amount: null, unit: "" }
    : { amount: Number(match[1]), unit: (match[2] ?? "").toLowerCase() };
}
