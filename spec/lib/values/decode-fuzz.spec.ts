import * as assert from "uvu/assert";
import { decodeValues } from "../../../lib/values/decode.ts";
import { encodeValues } from "../../../lib/values/encode.ts";
import { ValueDecodingError } from "../../../lib/values/errors.ts";
import { toJson } from "../../../lib/values/json.ts";
import { suite } from "../../support/suite.ts";
import { forgeNode } from "../../support/values/forge.ts";
import { wireSamples } from "../../support/values/wire-samples.ts";

const test = suite("decoding blobs that were changed");

/** True where every value could be read and sent back, false where the blob was refused; any other failure is thrown. */
function isReadable(bytes: Uint8Array): boolean {
  try {
    const values = decodeValues(bytes);
    for (const value of Object.values(values)) JSON.stringify(toJson(value));
    encodeValues(values);
    return true;
  } catch (error) {
    if (error instanceof ValueDecodingError) return false;
    throw error;
  }
}

const wrong: readonly unknown[] = [
  null,
  true,
  -1,
  1.5,
  1e300,
  2 ** 53 - 1,
  "",
  "x",
  "constructor",
  "object",
  [],
  [[[null]]],
  {},
  { t: "na" },
  { t: "dict", k: [{}], v: [1] },
];

/** The node with one place in it replaced, for every place and every wrong thing, and with every field left out. */
function* variants(node: unknown): Generator<unknown, void, undefined> {
  yield* wrong;
  if (typeof node !== "object" || node === null) return;
  for (const [key, item] of Object.entries(node)) {
    const others = Object.entries(node).filter(([other]) => other !== key);
    const rebuild = (parts: readonly (readonly [string, unknown])[]): unknown =>
      Array.isArray(node) ? parts.map(([, part]) => part) : Object.fromEntries(parts);
    yield rebuild(others);
    for (const variant of variants(item))
      yield rebuild(Object.entries(node).map(([name, part]) => [name, name === key ? variant : part]));
  }
}

for (const [name, { node, buffers }] of Object.entries(wireSamples)) {
  test(`${name}: as forged they can be read`, () => assert.ok(isReadable(forgeNode(node, buffers))));

  test(`${name}: whatever stands in any field, there is an error or a value that can be read`, () => {
    let refused = 0;
    for (const variant of variants(node)) {
      if (!isReadable(forgeNode(variant, buffers))) refused++;
    }
    assert.ok(refused > 0);
  });

  test(`${name}: cut anywhere, the blob is refused`, () => {
    const bytes = forgeNode(node, buffers);
    for (let length = 0; length < bytes.length; length++)
      assert.not.ok(isReadable(bytes.subarray(0, length)), `${length} bytes`);
  });

  test(`${name}: whatever bytes are changed, there is an error or a value that can be read`, () => {
    const original = forgeNode(node, buffers);
    const random = createRandom(20_240_229);
    let read = 0;
    for (let round = 0; round < 400; round++) {
      const bytes = mutate(original, random);
      try {
        if (isReadable(bytes)) read++;
      } catch (error) {
        assert.unreachable(`round ${round}: ${String(error)}\n${Buffer.from(bytes).toString("latin1")}`);
      }
    }
    assert.ok(read > 0, `only ${read} were read, so this tries little`);
  });
}

type Random = (below: number) => number;

/** The same numbers each time, so that what is found once is found again. */
function createRandom(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    // The low bits of such a generator repeat soon.
    return Math.floor((state / 2 ** 32) * below);
  };
}

function mutate(original: Uint8Array, random: Random): Uint8Array {
  const bytes = Buffer.from(original);
  const printable = '0123456789[]{},":-tvkdbsoen';
  for (let change = random(3); change >= 0; change--) {
    const letter = random(2) === 0 ? random(256) : printable.charCodeAt(random(printable.length));
    bytes[random(bytes.length)] = letter;
  }
  return bytes;
}

test.run();
