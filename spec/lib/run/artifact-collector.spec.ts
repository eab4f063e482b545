import * as assert from "uvu/assert";
import { HarnessProtocolError } from "../../../lib/harness/errors.ts";
import { createArtifactCollector } from "../../../lib/run/artifact-collector.ts";
import { suite } from "../../support/suite.ts";

const test = suite("artifacts from their frames");
const caps = { artifactCount: 2, artifactFileBytes: 4, artifactBytes: 6 };
const file = (path: string, bytes: number): { path: string; bytes: number } => ({ path, bytes });
const isRefused = (act: () => unknown): void => {
  assert.throws(act, (error: unknown) => error instanceof HarnessProtocolError);
};

test("are put together from pieces of any size, empty ones too", () => {
  const collector = createArtifactCollector(caps);
  collector.open(file("a", 3));
  collector.addBytes(new Uint8Array([1]));
  collector.addBytes(new Uint8Array([]));
  collector.addBytes(new Uint8Array([2, 3]));
  collector.open(file("b/c", 0));
  assert.equal(collector.finish(), [
    { path: "a", bytes: new Uint8Array([1, 2, 3]) },
    { path: "b/c", bytes: new Uint8Array([]) },
  ]);
});

test("may be as many, as large and as much as the caps say", () => {
  const collector = createArtifactCollector(caps);
  collector.open(file("a", 4));
  collector.addBytes(new Uint8Array(4));
  collector.open(file("b", 2));
  collector.addBytes(new Uint8Array(2));
  assert.is(collector.finish().length, 2);
});

const beyond: readonly (readonly [name: string, files: readonly [path: string, bytes: number][]])[] = [
  ["one file that is too large", [["a", 5]]],
  [
    "a sum that is too large",
    [
      ["a", 4],
      ["b", 3],
    ],
  ],
  [
    "too many",
    [
      ["a", 0],
      ["b", 0],
      ["c", 0],
    ],
  ],
  [
    "the same path twice",
    [
      ["a", 0],
      ["a", 0],
    ],
  ],
];

for (const [name, files] of beyond)
  test(`refuse ${name}, before room is made for it`, () => {
    const collector = createArtifactCollector(caps);
    const [last, ...first] = [...files].reverse();
    for (const [path, bytes] of first.reverse()) {
      collector.open(file(path, bytes));
      collector.addBytes(new Uint8Array(bytes));
    }
    isRefused(() => collector.open(file(last?.[0] ?? "", last?.[1] ?? 0)));
  });

test("refuse more bytes than announced, and bytes of no file", () => {
  const collector = createArtifactCollector(caps);
  isRefused(() => collector.addBytes(new Uint8Array(1)));
  collector.open(file("a", 1));
  isRefused(() => collector.addBytes(new Uint8Array(2)));
});

test("refuse fewer bytes than announced, at the next file and at the end", () => {
  const collector = createArtifactCollector(caps);
  collector.open(file("a", 2));
  collector.addBytes(new Uint8Array(1));
  isRefused(() => collector.open(file("b", 0)));
  isRefused(() => collector.finish());
});

test.run();
