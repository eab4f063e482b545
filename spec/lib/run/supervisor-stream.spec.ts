import * as assert from "uvu/assert";
import { HarnessProtocolError } from "../../../lib/harness/errors.ts";
import { protocolVersion } from "../../../lib/harness/protocol.ts";
import { defaultPolicy } from "../../../lib/policy/policy.ts";
import type { RunEvent } from "../../../lib/run/state.ts";
import { createSupervisorStream, type SupervisorStream } from "../../../lib/run/supervisor-stream.ts";
import { suite } from "../../support/suite.ts";

const test = suite("what a container sends");

function frame(kind: string, payload: string | object): Buffer {
  const bytes = Buffer.from(typeof payload === "string" ? payload : JSON.stringify(payload));
  const head = Buffer.alloc(5);
  head.write(kind, "latin1");
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

const ready = {
  protocol: protocolVersion,
  python: "3.11.2",
  platform: "linux",
  preloaded: [],
  missing: [],
  dumpable: false,
};
const report = {
  cause: null,
  limit: null,
  isKept: false,
  exitCode: 0,
  signal: null,
  wallMs: 1,
  userCpuMs: 1,
  systemCpuMs: 1,
  maxRssBytes: 1,
  peakMemoryBytes: 1,
  containerPeakBytes: null,
  pids: 5,
  throttledMs: 0,
  throttledPeriods: 0,
  oomKills: 0,
  stdoutBytes: 4,
  stderrBytes: 3,
  droppedArtifacts: [],
};
const json = JSON.stringify({
  status: "ok",
  exception: null,
  valueBytes: 2,
  missing: [],
  auditEvents: [],
});
const length = Buffer.alloc(4);
length.writeUInt32BE(json.length);

const whole = Buffer.concat([
  frame("R", ready),
  frame("S", "{}"),
  frame("O", "out\n"),
  frame("E", "err"),
  frame("V", `${length.toString("latin1")}${json}ab`),
  frame("A", { path: "a.txt", bytes: 3 }),
  frame("B", "abc"),
  frame("X", report),
]);

const policy = { ...defaultPolicy, stdoutBytes: 10, stderrBytes: 10 };

function push(stream: SupervisorStream, bytes: Uint8Array): readonly RunEvent[] {
  return stream.push({ stream: "stdout", bytes });
}

function acceptingStream(): SupervisorStream {
  const stream = createSupervisorStream();
  stream.accept(policy);
  return stream;
}

test("is the same wherever it is cut", () => {
  for (let at = 0; at <= whole.length; at++) {
    const stream = acceptingStream();
    const events = [...push(stream, whole.subarray(0, at)), ...push(stream, whole.subarray(at))];
    assert.equal(
      events.map(({ type }) => type),
      ["ready", "report"],
    );
    assert.is(stream.hasStarted(), true);
    assert.is(stream.ready()?.python, "3.11.2");
    assert.equal([stream.log.text("stdout"), stream.log.text("stderr")], ["out\n", "err"]);
    assert.is(Buffer.from(stream.outcome()?.values ?? []).toString(), "ab");
    assert.equal(
      stream.artifacts().map(({ path, bytes }) => [path, Buffer.from(bytes).toString()]),
      [["a.txt", "abc"]],
    );
  }
});

test("knows of nothing before it came", () => {
  const stream = acceptingStream();
  assert.equal(push(stream, frame("O", "x")), []);
  assert.equal(
    [stream.ready(), stream.hasStarted(), stream.outcome(), stream.artifacts()],
    [null, false, null, []],
  );
});

test("tells once for each piece whose output passed a cap", () => {
  const stream = acceptingStream();
  assert.equal(push(stream, frame("O", "0123456789")), []);
  assert.equal(push(stream, frame("E", "01234567890")), [{ type: "output-limit", limit: "stderr" }]);
  assert.equal(push(stream, frame("O", "!")), [{ type: "output-limit", limit: "stdout" }]);
});

test("keeps some of what the interpreter itself complains about, and no more", () => {
  const stream = acceptingStream();
  for (let times = 0; times < 100; times++)
    assert.equal(stream.push({ stream: "stderr", bytes: Buffer.from("x".repeat(1000)) }), []);
  assert.is(stream.complaints().length, 8192);
});

test("puts the letters of a complaint together that came in pieces", () => {
  const stream = acceptingStream();
  for (const byte of Buffer.from("Fehler: ü"))
    stream.push({ stream: "stderr", bytes: new Uint8Array([byte]) });
  assert.is(stream.complaints(), "Fehler: ü");
});

const faults: readonly (readonly [name: string, bytes: Uint8Array])[] = [
  ["ready said twice", Buffer.concat([frame("R", ready), frame("R", ready)])],
  ["ready of another shape", frame("R", { protocol: "x" })],
  ["a frame of a kind that is none", frame("?", "")],
  ["a report of another shape", frame("X", { ...report, exitCode: "0" })],
  ["bytes of no artifact", frame("B", "abc")],
  ["an artifact that leads elsewhere", frame("A", { path: "../a", bytes: 0 })],
  ["an absolute artifact", frame("A", { path: "/etc/passwd", bytes: 0 })],
];

for (const [name, bytes] of faults)
  test(`refuses ${name}`, () => {
    const stream = acceptingStream();
    assert.throws(
      () => push(stream, bytes),
      (error: unknown) => error instanceof HarnessProtocolError,
    );
  });

const codes = Buffer.concat([
  Buffer.from([0, 0, 0, 32]),
  Buffer.from('{"magic":"0d0d0d0d","places":{}}'),
]).toString("latin1");

test("the compiled supervisor comes before anything else, and only where it was asked for", () => {
  const taken: string[] = [];
  const asking = createSupervisorStream(({ magic }) => void taken.push(magic));
  assert.equal(push(asking, frame("C", codes)), []);
  assert.equal(taken, ["0d0d0d0d"]);
  push(asking, frame("R", ready));
  const isFault = (error: unknown): boolean => error instanceof HarnessProtocolError;
  assert.throws(() => push(asking, frame("C", codes)), isFault);
  assert.throws(() => push(createSupervisorStream(), frame("C", codes)), isFault);
  assert.equal(taken.length, 1);
});

for (const kind of ["S", "O", "E", "V", "A", "B", "X"])
  test(`a frame ${kind} before there is a job is a fault`, () => {
    const stream = createSupervisorStream();
    assert.equal(
      push(stream, frame("R", ready)).map(({ type }) => type),
      ["ready"],
    );
    assert.throws(
      () => push(stream, frame(kind, "{}")),
      (error: unknown) =>
        error instanceof HarnessProtocolError && /before it was given one/.test(error.message),
    );
  });

test("an outcome that is forged is no fault of the supervisor's", () => {
  const stream = acceptingStream();
  assert.equal(push(stream, frame("V", "\xff\xff\xff\xff and more")), []);
  assert.is(stream.outcome(), null);
});

test.run();
