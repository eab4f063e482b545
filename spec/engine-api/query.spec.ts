import * as assert from "uvu/assert";
import { fillPath, formatQuery, type QueryValue } from "../../engine-api/query.ts";
import { suite } from "../support/suite.ts";

const test = suite("engine-api/query");

const queries: readonly [
  name: string,
  query: Readonly<Record<string, QueryValue>> | undefined,
  text: string,
][] = [
  ["no query at all", undefined, ""],
  ["no parameters", {}, ""],
  ["only parameters that are left out", { a: undefined, b: null, c: [] }, ""],
  ["booleans as words, false too", { all: true, size: false }, "?all=true&size=false"],
  ["numbers, zero too", { t: 0, limit: 12 }, "?t=0&limit=12"],
  ["an empty text, which is not the same as none", { signal: "" }, "?signal="],
  ["text with what a query must not hold", { name: "a&b=c d+e/ü#?" }, "?name=a%26b%3Dc+d%2Be%2F%C3%BC%23%3F"],
  [
    "lists as repeated parameters",
    { changes: ["ENV A=1", "CMD x"], n: [0, false] },
    "?changes=ENV+A%3D1&changes=CMD+x&n=0&n=false",
  ],
  ["filters as JSON", { filters: { label: ["a=b"] } }, "?filters=%7B%22label%22%3A%5B%22a%3Db%22%5D%7D"],
  ["empty filters", { filters: {} }, "?filters=%7B%7D"],
  ["a name that needs encoding", { "a b": 1 }, "?a+b=1"],
];

for (const [name, query, text] of queries) {
  test(`writes ${name}`, () => assert.is(formatQuery(query), text));
}

test("keeps filters whole through encoding and decoding", () => {
  const filters = { label: ['a="b"', "ü=&?#"], status: ["exited"] };
  const search = new URLSearchParams(formatQuery({ filters }).slice(1));
  assert.equal(JSON.parse(search.get("filters") ?? ""), filters);
});

const paths: readonly [template: string, value: string | number, path: string][] = [
  ["/containers/{id}/json", "web", "/containers/web/json"],
  ["/containers/{id}/json", "web.1_2-3", "/containers/web.1_2-3/json"],
  ["/containers/{id}/json", "a/b", "/containers/a%2Fb/json"],
  ["/containers/{id}/json", "/web", "/containers/%2Fweb/json"],
  ["/containers/{id}/json", "../x", "/containers/..%2Fx/json"],
  ["/containers/{id}/json", "%2e%2e", "/containers/%252e%252e/json"],
  ["/containers/{id}/json", "...", "/containers/.../json"],
  ["/containers/{id}/json", "a?force=1#x", "/containers/a%3Fforce%3D1%23x/json"],
  ["/containers/{id}/json", "a b\r\nHost: x", "/containers/a%20b%0D%0AHost%3A%20x/json"],
  ["/containers/{id}/json", "$&", "/containers/%24%26/json"],
  ["/containers/{id}/json", "ü", "/containers/%C3%BC/json"],
  ["/containers/{id}/json", 0, "/containers/0/json"],
];

for (const [template, id, path] of paths) {
  test(`fills ${template} with ${JSON.stringify(id)}`, () => assert.is(fillPath(template, { id }), path));
}

test("leaves a template without places alone", () => assert.is(fillPath("/version", undefined), "/version"));

const refused: readonly [name: string, values: Readonly<Record<string, string | number>> | undefined][] = [
  ["no values", undefined],
  ["a missing value", {}],
  ["another value", { name: "web" }],
  ["an empty value, which would call another operation", { id: "" }],
  ["a dot, which the router would resolve", { id: "." }],
  ["two dots, which the router would resolve", { id: ".." }],
];

for (const [name, values] of refused) {
  test(`refuses to fill a path with ${name}`, () => {
    assert.throws(
      () => fillPath("/containers/{id}", values),
      (error: unknown) => error instanceof TypeError && error.message.includes('/containers/{id}: "id"'),
    );
  });
}

test.run();
