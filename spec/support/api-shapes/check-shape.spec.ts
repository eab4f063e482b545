import { readFileSync } from "node:fs";
import * as assert from "uvu/assert";
import { suite } from "../suite.ts";
import { checkAnswer, checkRequest } from "./check-recording.ts";
import { checkShape, type Strictness } from "./check-shape.ts";
import { toShapes } from "./generate.ts";
import type { Shape } from "./shapes.ts";

const test = suite("support/api-shapes");

const definitions: Readonly<Record<string, Shape>> = {
  Named: {
    type: "object",
    required: ["Id"],
    properties: { Id: { type: "string" }, Count: { type: "integer" } },
  },
  Both: {
    allOf: [{ $ref: "Named" }, { type: "object", properties: { Mood: { type: "string", enum: ["calm"] } } }],
  },
};

const cases: readonly (readonly [
  name: string,
  value: unknown,
  shape: Shape,
  request: string,
  answer: string,
])[] = [
  ["what fits", { Id: "x", Count: 1 }, { $ref: "Named" }, "", ""],
  ["a missing key", {}, { $ref: "Named" }, "/Id: missing", "/Id: missing"],
  ["null for what is required", { Id: null }, { $ref: "Named" }, "/Id: null", "/Id: null"],
  ["null for what is not", { Id: "x", Count: null }, { $ref: "Named" }, "/Count: null", ""],
  ["null in a list", [null], { type: "array", items: { type: "string" } }, "[]: null", "[]: null"],
  ["a key that is not described", { Id: "x", New: 1 }, { $ref: "Named" }, "/New: not described", ""],
  [
    "another type",
    { Id: 1 },
    { $ref: "Named" },
    "/Id: a number instead of string",
    "/Id: a number instead of string",
  ],
  [
    "a broken number",
    { Id: "x", Count: 1.5 },
    { $ref: "Named" },
    "/Count: a number instead of integer",
    "/Count: a number instead of integer",
  ],
  ["parts", { Id: "x", Mood: "calm" }, { $ref: "Both" }, "", ""],
  [
    "another word",
    { Id: "x", Mood: "wild" },
    { $ref: "Both" },
    '/Mood: "wild" is none of the words',
    '/Mood: "wild" is none of the words',
  ],
  [
    "an object for a list",
    {},
    { type: "array" },
    ": an object instead of array",
    ": an object instead of array",
  ],
  ["a list for an object", [], { $ref: "Named" }, ": a list instead of object", ": a list instead of object"],
  [
    "a map",
    { a: 1, b: "x" },
    { type: "object", additionalProperties: { type: "integer" } },
    "/*: a string instead of integer",
    "/*: a string instead of integer",
  ],
  ["anything", { a: [null] }, {}, "", ""],
];

for (const [name, value, shape, request, answer] of cases)
  test(`${name} is judged`, () => {
    const judge = (strictness: Strictness): string =>
      checkShape(value, shape, { definitions, strictness })
        .map(({ at, found }) => `${at}: ${found}`)
        .join();
    assert.is(judge("request"), request);
    assert.is(judge("answer"), answer);
  });

const shapes = toShapes(
  readFileSync(new URL("../../fixtures/engine-api/tiny.yaml", import.meta.url), "utf8"),
);

test("a description's operations come with parameters, body and answers", () => {
  assert.is(shapes.version, "1.99");
  const operation = Object.keys(shapes.operations).find((name) => name.includes("{"));
  assert.ok(operation !== undefined);
  assert.ok(Object.values(shapes.operations[operation]?.path ?? {}).every(({ isRequired }) => isRequired));
});

const described = {
  ...shapes,
  operations: {
    "GET /things/{id}": {
      path: { id: { type: "string", isRequired: true } },
      query: { all: { type: "boolean" } },
      header: {},
      answers: { 200: { type: "object", required: ["Id"], properties: { Id: { type: "string" } } } },
    },
  },
};

const recording = {
  operation: "GET /things/{id}",
  how: "request" as const,
  request: { url: "/v1.99/things/a?all=true", path: { id: "a" }, query: { all: true } },
  answer: { status: 200, headers: {}, json: { Id: "a" } },
};

test("a request that is none of the description's is told", () => {
  assert.equal(checkRequest(recording, described), []);
  const bad = {
    ...recording,
    request: { url: "/v1.99/things?every=1", query: { all: "yes", every: 1 }, body: {} },
  };
  assert.equal(
    checkRequest(bad, described).map(({ at, found }) => `${at}: ${found}`),
    [
      "url: no address of API 1.99's template",
      "path/id: missing",
      "query/all: a string instead of boolean",
      "query/every: not described",
      "url/every: not described",
      "body: not described",
    ],
  );
  assert.equal(checkRequest({ ...recording, operation: "GET /nothing" }, described)[0]?.at, "operation");
});

test("an answer that is none of the description's is told", () => {
  assert.equal(checkAnswer(recording, described), []);
  const judge = (answer: object): string =>
    checkAnswer({ ...recording, answer: { status: 200, headers: {}, ...answer } }, described)
      .map(({ at, found }) => `${at}: ${found}`)
      .join();
  assert.is(judge({ status: 418 }), "status: 418");
  assert.is(judge({ json: {} }), "/Id: missing");
  assert.is(judge({ text: "hello" }), "body: text instead of JSON");
  assert.is(judge({}), "body: nothing instead of JSON");
});

test.run();
