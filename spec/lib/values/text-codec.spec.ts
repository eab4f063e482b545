import * as assert from "uvu/assert";
import { decodeUtf8, encodeUtf8 } from "../../../lib/values/text-codec.ts";
import { suite } from "../../support/suite.ts";

const test = suite("texts as UTF-8");

const texts: readonly (readonly [string, string, readonly number[]])[] = [
  ["nothing", "", []],
  ["letters", "aä漢🎉", [0x61, 0xc3, 0xa4, 0xe6, 0xbc, 0xa2, 0xf0, 0x9f, 0x8e, 0x89]],
  ["a byte order mark", "\ufeffa", [0xef, 0xbb, 0xbf, 0x61]],
  ["NUL", "\0", [0]],
  ["the first half of a pair", "\ud800x", [0xed, 0xa0, 0x80, 0x78]],
  ["the second half of a pair", "x\udfff", [0x78, 0xed, 0xbf, 0xbf]],
  ["halves the wrong way round", "\udc00\ud800", [0xed, 0xb0, 0x80, 0xed, 0xa0, 0x80]],
  ["the letter before the halves", "\ud7ff\ud900", [0xed, 0x9f, 0xbf, 0xed, 0xa4, 0x80]],
  ["a half and the sign for what is no text", "\ufffd\ud800", [0xef, 0xbf, 0xbd, 0xed, 0xa0, 0x80]],
];

for (const [name, text, bytes] of texts) {
  test(`${name}: written as Python writes it, and read again`, () => {
    assert.equal([...encodeUtf8(text)], bytes);
    assert.is(decodeUtf8(Uint8Array.from(bytes)), text);
  });
}

const broken: readonly (readonly [string, readonly number[], string])[] = [
  ["a byte that begins nothing", [0x61, 0xff], "a\ufffd"],
  ["half a letter", [0xe6, 0xbc], "\ufffd"],
  ["half of a half", [0xed, 0xa0], "\ufffd\ufffd"],
  ["a half that does not end", [0xed, 0xa0, 0x61], "\ufffd\ufffda"],
];

for (const [name, bytes, text] of broken) {
  test(`${name} shows as U+FFFD`, () => assert.is(decodeUtf8(Uint8Array.from(bytes)), text));
}

test.run();
