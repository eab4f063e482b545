import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { createHarness, type HarnessOptions } from "../../../lib/harness/boot.ts";
import { createFrameDecoder, type HarnessFrame } from "../../../lib/harness/frame-decoder.ts";
import { createHarnessSource } from "../../../lib/harness/harness-source.ts";
import { parseCodes } from "../../../lib/harness/payloads.ts";
import type { CompiledModules } from "../../../lib/harness/protocol.ts";
import { findPythons } from "../../support/pythons.ts";
import { suite } from "../../support/suite.ts";
import { encodeTrial } from "../../support/supervisor.ts";

const test = suite("the supervisor, compiled once for many containers");
const codes: CompiledModules = { magic: "00000000", places: {}, bytes: new Uint8Array(0) };

test("the second container is asked, and those after it get what it answered", () => {
  const source = createHarnessSource();
  const [first, second, third] = [source.next(), source.next(), source.next()];
  assert.equal([first.onCodes, third.onCodes], [null, null], "one is asked at a time");
  assert.equal(third.program, first.program);
  second.onCodes?.(codes);
  const later = source.next();
  assert.is(later.onCodes, null);
  assert.not.equal(later.program, first.program);
  assert.not.equal(source.ahead(["numpy"]).next().program, source.ahead([]).next().program);
});

test("a container that is to wait anyway is asked at once", () => {
  assert.type(createHarnessSource().ahead([]).next().onCodes, "function");
});

/** Runs one job, and gives back the supervisor's frames. */
function runJob(
  python: string,
  options: HarnessOptions,
): { frames: HarnessFrame[]; status: number | null; stderr: string } {
  const root = mkdtempSync(join(tmpdir(), "brigbox-codes-"));
  try {
    const { command, program } = createHarness({ python, root, ...options });
    const [file = "", ...args] = command;
    const input = Buffer.concat([program, encodeTrial("result = [1, 2]", { audit: "deny" })]);
    const { stdout, stderr, status } = spawnSync(file, args, { input });
    return { frames: createFrameDecoder().push(stdout), status, stderr: stderr.toString() };
  } finally {
    rmSync(root, { recursive: true });
  }
}

for (const { path, version } of findPythons()) {
  test(`Python ${version} runs what it compiled, in place of the sources`, () => {
    const [first] = runJob(path, { wantsCodes: true }).frames;
    assert.is(first?.kind, "codes");
    const compiled = parseCodes(first?.payload ?? new Uint8Array(0));
    const kinds = runJob(path, { codes: compiled }).frames.map(({ kind }) => kind);
    // The end of stdin is a hang-up, so that what comes after the handshake is left to chance.
    assert.is(kinds[0], "ready");
  });

  test(`Python ${version} refuses what another Python compiled`, () => {
    const { frames, status, stderr } = runJob(path, {
      codes: { ...codes, places: { brigbox_finder: [0, 1] }, bytes: new Uint8Array(1) },
    });
    assert.equal([frames, status], [[], 71]);
    assert.match(stderr, /compiled by another Python/);
  });
}

const header = (value: object): Buffer => {
  const text = Buffer.from(JSON.stringify(value));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  return Buffer.concat([length, text, Buffer.alloc(10)]);
};

const malformed: readonly (readonly [string, Uint8Array])[] = [
  ["nothing", new Uint8Array(0)],
  ["a header that is cut off", header({}).subarray(0, 5)],
  ["no header of ours", header({ magic: 1 })],
  ["a magic number that is none", header({ magic: '"; import os', places: {} })],
  ["a module that is none of ours", header({ magic: "cb0d0d0a", places: { "os\n": [0, 1] } })],
  ["bytes that are not there", header({ magic: "cb0d0d0a", places: { brigbox_wire: [0, 11] } })],
  ["no bytes at all", header({ magic: "cb0d0d0a", places: { brigbox_wire: [3, 3] } })],
];

for (const [name, payload] of malformed) {
  test(`${name} is refused`, () => {
    assert.throws(() => parseCodes(payload), /codes frame/);
  });
}

test.run();
