/** Recordings against the Engine's own description of its API. */
import { readFileSync } from "node:fs";
import * as assert from "uvu/assert";
import { checkAnswer, checkRequest } from "../support/api-shapes/check-recording.ts";
import { readShapes } from "../support/api-shapes/shapes.ts";
import { readRecordings, recordedVersions } from "../support/record/read-recordings.ts";
import type { Recording } from "../support/record/recording.ts";
import { suite } from "../support/suite.ts";

const test = suite("engine-api/recorded, and the API description");

/** The description that serves for a version: there is none of 1.45 here, and the next later one is the one that the types are made from. */
const described: Readonly<Record<string, string>> = { "1.41": "1.41", "1.45": "1.51" };

/** A kind of answer that an Engine gives though its description says otherwise. */
interface Exception {
  readonly apis: readonly string[];
  readonly operation: string;
  readonly at: string;
  readonly found: string;
  readonly why: string;
}

/** An operation of which no success, or nothing at all, is recorded. */
interface Gap {
  readonly apis: readonly string[];
  readonly operation: string;
  readonly recorded: "refusals" | "nothing";
  readonly why: string;
}

function readJson<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../fixtures/engine-api/${name}`, import.meta.url), "utf8"));
}

const exceptions = readJson<readonly Exception[]>("exceptions.json");
const gaps = readJson<readonly Gap[]>("gaps.json");
const all = (api: string): readonly Recording[] =>
  readRecordings(api).flatMap(({ recordings }) => recordings);

for (const api of recordedVersions) {
  const shapes = readShapes(described[api] ?? "");

  test(`API ${api}: what the client sends is exactly what the description takes`, () => {
    // A request that an earlier and a later description take is one of the version between them.
    for (const [index, description] of [shapes, readShapes("1.41")].entries()) {
      const misfits = all(api)
        .filter(({ operation }) => index === 0 || operation in description.operations)
        .flatMap((recording) =>
          checkRequest(recording, description).map(
            ({ at, found }) => `${description.version}, ${recording.operation} ${at}: ${found}`,
          ),
        );
      assert.equal([...new Set(misfits)], []);
    }
  });

  test(`API ${api}: what the Engine answers fits the description, but for the exceptions that are listed`, () => {
    const key = ({ operation, at, found }: Omit<Exception, "apis" | "why">): string =>
      `${operation} ${at}: ${found}`;
    const misfits = all(api).flatMap((recording) =>
      checkAnswer(recording, shapes).map((misfit) => key({ operation: recording.operation, ...misfit })),
    );
    const listed = exceptions.filter(({ apis }) => apis.includes(api)).map(key);
    assert.equal([...new Set(misfits)].sort(), listed.sort());
  });

  test(`API ${api}: each of the operations is recorded, or has a reason why not`, () => {
    const successful = all(api).filter(({ answer }) => answer.status < 400);
    const done = new Set(successful.map(({ operation }) => operation));
    const refused = new Set(all(api).map(({ operation }) => operation));
    const operations = Object.keys(readShapes("1.51").operations);
    assert.is(operations.length, 107);
    const missing = operations
      .filter((operation) => !done.has(operation))
      .map((operation) => `${operation}: ${refused.has(operation) ? "refusals" : "nothing"}`);
    const listed = gaps.filter(({ apis }) => apis.includes(api));
    assert.equal(missing.sort(), listed.map(({ operation, recorded }) => `${operation}: ${recorded}`).sort());
  });
}

test("each exception and each gap has its reason", () => {
  for (const { operation, why } of [...exceptions, ...gaps]) assert.ok(why.length > 20, operation);
});

test("no recording tells of the machine that it was made on", () => {
  for (const api of recordedVersions)
    for (const file of readRecordings(api)) {
      const text = JSON.stringify(file);
      assert.not.match(
        text,
        /own-engine|second-engine|\/tmp\/(?!docker)|\/work\/|BEGIN CERTIFICATE|SWMTKN-1-(?!redacted)/,
      );
    }
});

test.run();
