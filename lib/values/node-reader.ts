import { ValueDecodingError } from "./errors.ts";
import type { Value } from "./types.ts";

/** Reads nodes of one blob. */
export interface NodeReader {
  /** @throws ValueDecodingError */
  value(node: unknown, depth: number): Value;
  /** Labels that a range may have, and elements that an array may. */
  readonly maxLabels: number;
  /** @throws ValueDecodingError for a number that no buffer has, and for one asked for again. */
  buffer(number: unknown): Uint8Array;
}

/** A JSON object of which nothing is known yet. */
export type Fields = { readonly [name: string]: unknown };

/** @throws ValueDecodingError for anything but a JSON object. */
export function fields(node: unknown): Fields {
  if (typeof node !== "object" || node === null || Array.isArray(node))
    throw new ValueDecodingError("a node that is no object");
  return node as Fields;
}

/** @throws ValueDecodingError where the field is no text. */
export function textField(node: Fields, name: string): string {
  const value = node[name];
  if (typeof value !== "string") throw new ValueDecodingError(`a node without its text "${name}"`);
  return value;
}

/** @throws ValueDecodingError where the field is neither text nor null. */
export function textOrNull(node: Fields, name: string): string | null {
  return node[name] === null || node[name] === undefined ? null : textField(node, name);
}

/** @throws ValueDecodingError where the field is no list. */
export function listField(node: Fields, name: string): readonly unknown[] {
  const value = node[name];
  if (!Array.isArray(value)) throw new ValueDecodingError(`a node without its list "${name}"`);
  return value;
}

/** @throws ValueDecodingError where the field is no text of a whole number of 64 bits. */
export function bigintField(node: Fields, name: string): bigint {
  const text = textField(node, name);
  const value = /^-?\d{1,19}$/.test(text) ? BigInt(text) : null;
  if (value === null || BigInt.asIntN(64, value) !== value)
    throw new ValueDecodingError(`a node without its whole number "${name}"`);
  return value;
}

/** @throws ValueDecodingError where the field is no whole number that a double holds. */
export function integerField(node: Fields, name: string): number {
  const value = node[name];
  if (!Number.isSafeInteger(value)) throw new ValueDecodingError(`a node without its whole number "${name}"`);
  return value as number;
}
