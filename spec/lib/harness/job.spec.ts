import * as assert from "uvu/assert";
import { encodeJob } from "../../../lib/harness/job.ts";
import { protocolVersion } from "../../../lib/harness/protocol.ts";
import { suite } from "../../support/suite.ts";
import { wideLimits } from "../../support/supervisor.ts";

const test = suite("the job's bytes");
const header = {
  code: "print('ä')",
  fileName: "main.py",
  returns: ["result"],
  limits: wideLimits,
  audit: "deny",
} as const;

function parse(pieces: readonly Uint8Array[]): { kind: string; json: Record<string, unknown>; rest: Buffer } {
  const bytes = Buffer.concat(pieces);
  const end = 5 + bytes.readUInt32BE(1);
  return {
    kind: bytes.toString("latin1", 0, 1),
    json: JSON.parse(bytes.toString("utf8", 5, end)),
    rest: bytes.subarray(end),
  };
}

test("a job without inputs and files is one frame", () => {
  const { kind, json, rest } = parse(encodeJob({ header, inputs: [], files: new Map() }));
  assert.is(kind, "J");
  assert.equal(json, { ...header, protocol: protocolVersion, inputBytes: 0, files: [] });
  assert.is(rest.length, 0);
});

test("the length counts bytes, not letters", () => {
  const [frame, ...others] = encodeJob({ header, inputs: [], files: new Map() });
  assert.is(Buffer.from(frame ?? []).readUInt32BE(1), (frame?.length ?? 0) - 5);
  assert.is(others.length, 0, "it is in one piece");
});

test("inputs and files follow in order, with their sizes in the header, and are not copied", () => {
  const inputs = [Buffer.from("in"), Buffer.from("put")];
  const files = new Map([
    ["b/c", Buffer.from("second")],
    ["a", Buffer.alloc(0)],
  ]);
  const pieces = encodeJob({ header, inputs, files });
  const { json, rest } = parse(pieces);
  assert.is(json.inputBytes, 5);
  assert.equal(json.files, [
    { path: "b/c", bytes: 6 },
    { path: "a", bytes: 0 },
  ]);
  assert.is(rest.toString(), "inputsecond");
  assert.is(pieces[1], inputs[0]);
  assert.is(pieces[3], files.get("b/c"));
});

test("a header that the supervisor would not read is refused, and says why", () => {
  const code = "#".repeat(16 * 1024 ** 2);
  assert.throws(
    () => encodeJob({ header: { ...header, code }, inputs: [], files: new Map() }),
    /16777216 bytes/,
  );
});

test.run();
