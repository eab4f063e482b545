import * as assert from "uvu/assert";
import { suite } from "../suite.ts";
import { formatJson } from "./format-json.ts";
import { normalTime } from "./normal-forms.ts";
import { createNormalizer } from "./normalize.ts";
import type { Recording } from "./recording.ts";

const test = suite("support/record/normalize");

const id = "1a".repeat(32);
const otherId = "2b".repeat(32);

function normal(json: unknown, operation = "GET /things"): unknown {
  const recording: Recording = {
    operation,
    how: "request",
    request: { url: "/v1.41/things" },
    answer: { status: 200, headers: {}, json },
  };
  return createNormalizer([["/var/tmp/mine", "/var/lib/docker"]], "my-host").recording(recording).answer.json;
}

test("each id has its number, and keeps it, short or long", () => {
  const [first, second, short, again] = normal([id, otherId, id.slice(0, 12), `sha256:${id}`]) as string[];
  assert.is(first?.length, 64);
  assert.is.not(first, second);
  assert.is(short, first?.slice(0, 12));
  assert.is(again, `sha256:${first}`);
});

const cases: readonly (readonly [given: unknown, normal: unknown])[] = [
  ["2024-06-01T12:00:00.123456789Z", normalTime],
  ["2024-06-01T12:00:00+02:00", normalTime],
  ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"],
  ["my-host", "engine-host"],
  ["my-hosts", "my-hosts"],
  ["/var/tmp/mine/overlay2", "/var/lib/docker/overlay2"],
  [
    "SWMTKN-1-49nj1cmql0jkz5s954yi3oex3nedyz0fb0xx14ie39trti4wxv-8vxv8rssmk743ojnwacrr2e7c",
    "SWMTKN-1-redacted",
  ],
  ["Up 34 seconds", "Up 2 seconds"],
  ["Up Less than a second", "Up 2 seconds"],
  ["Exited (0) 1 second ago", "Exited (0) 2 seconds ago"],
  [
    { Pid: 0, Size: -1 },
    { Pid: 0, Size: -1 },
  ],
  [
    { Pid: 99, Size: 5 },
    { Pid: 1234, Size: 1000 },
  ],
  [{ KernelVersion: "" }, { KernelVersion: "" }],
  [null, null],
  [
    ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"],
    ["a", "b", "c", "d", "e", "f", "g", "h"],
  ],
];

for (const [given, expected] of cases)
  test(`${JSON.stringify(given)} is always the same`, () => assert.equal(normal(given), expected));

test("of what a container uses every number is the moment's", () => {
  const reading = { pids_stats: { current: 3 }, blkio_stats: { io_service_bytes_recursive: [{ value: 1 }] } };
  assert.equal(normal(reading, "GET /containers/{id}/stats"), {
    pids_stats: { current: 1000 },
    blkio_stats: { io_service_bytes_recursive: [] },
  });
});

test("an address is normal behind its encoding", () => {
  const url = `/v1.41/things/${id}?filters=${encodeURIComponent(JSON.stringify({ id: [otherId] }))}&version=12&a=b+c`;
  const recording: Recording = {
    operation: "GET /things/{id}",
    how: "request",
    request: { url, path: { id } },
    answer: { status: 200, headers: {} },
  };
  const { request } = createNormalizer([], "my-host").recording(recording);
  assert.is(request.url.split("/")[3]?.split("?")[0], request.path?.id);
  assert.not.match(request.url, /1a1a|2b2b/);
  assert.match(request.url, /&version=10&a=b\+c$/);
});

test("JSON that fits stands on one line, and is the same value", () => {
  const value = { short: [1, 2], long: ["x".repeat(100), "y".repeat(100)] };
  assert.equal(JSON.parse(formatJson(value)), value);
  assert.match(formatJson(value), /^ "short": \[1,2\],$/m);
});

test.run();
