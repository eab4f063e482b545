import { readFileSync } from "node:fs";
import * as assert from "uvu/assert";
import type { EngineClient } from "../../engine-api/client.ts";
import type {
  Answer,
  OperationBody,
  OperationKey,
  RequestArguments,
  RequestOptions,
} from "../../engine-api/operations.ts";
import { suite } from "../support/suite.ts";
import type { Holds, Same } from "../support/type-assert.ts";

const test = suite("engine-api/types");

/** Only the compiler reads this: each directive fails the type check where the line below it is fine. */
export async function compileOnly(client: EngineClient): Promise<void> {
  const path = { id: "web" };
  await client.request("GET /version");
  await client.request("GET /version", {});
  await client.request("GET /version", { signal: AbortSignal.timeout(1) });
  await client.request("GET /containers/json", { query: { all: true, filters: { label: ["a=b"] } } });
  await client.request("POST /containers/{id}/stop", { path, query: { t: 1 } });
  await client.request("POST /containers/create", { body: { Image: "x", HostConfig: { Memory: 1 } } });
  await client.upgrade("POST /containers/{id}/attach", { path, query: { stdin: true } });
  await client.stream("POST /build", { body: new Uint8Array(1) });

  // @ts-expect-error an operation that does not exist
  await client.request("GET /nothing");
  // @ts-expect-error an operation with another method
  await client.request("POST /version");
  // @ts-expect-error a path that is filled already
  await client.request("GET /containers/web/json");
  // @ts-expect-error a path parameter is required
  await client.request("GET /containers/{id}/json");
  // @ts-expect-error a path parameter is required though other options are there
  await client.request("GET /containers/{id}/json", { query: { size: true } });
  // @ts-expect-error a path parameter by another name
  await client.request("GET /containers/{id}/json", { path: { name: "web" } });
  // @ts-expect-error a path parameter that is undefined
  await client.request("GET /containers/{id}/json", { path: { id: undefined } });
  // @ts-expect-error a query parameter that does not exist
  await client.request("GET /containers/json", { query: { bogus: true } });
  // @ts-expect-error a query for an operation that takes none
  await client.request("GET /version", { query: { bogus: true } });
  // @ts-expect-error a path for an operation that takes none
  await client.request("GET /version", { path: { id: "web" } });
  // @ts-expect-error a query parameter of another type
  await client.request("GET /containers/json", { query: { all: "yes" } });
  // @ts-expect-error filters are lists of texts
  await client.request("GET /containers/json", { query: { filters: { label: "a=b" } } });
  // @ts-expect-error a condition that the Engine does not know
  await client.request("POST /containers/{id}/wait", { path, query: { condition: "done" } });
  // @ts-expect-error a body is required
  await client.request("POST /containers/create", {});
  // @ts-expect-error a typo in a field that locks the container down
  await client.request("POST /containers/create", { body: { HostConfig: { ReadOnlyRootfs: true } } });
  // @ts-expect-error a body field of another type
  await client.request("POST /containers/create", { body: { HostConfig: { Memory: "1g" } } });
  // @ts-expect-error a body for an operation that takes none
  await client.request("GET /version", { body: {} });
  // @ts-expect-error an archive is bytes, not an object
  await client.stream("POST /build", { body: { Image: "x" } });
  // @ts-expect-error an option that does not exist
  await client.request("GET /version", { timeout: 5 });
  // @ts-expect-error stream is typed like request
  await client.stream("GET /containers/{id}/logs");
  // @ts-expect-error upgrade is typed like request
  await client.upgrade("POST /containers/{id}/attach");

  const version = await client.request("GET /version");
  // @ts-expect-error a field that is not required may be null or missing
  version.Version.toUpperCase();
  // @ts-expect-error a field that does not exist
  version.Bogus;
  // @ts-expect-error an operation that answers nothing has no fields
  (await client.request("POST /containers/{id}/start", { path })).Id;
}

/** Types that must be exactly so. */
export type Exact = [
  Holds<Same<Answer<"GET /_ping">, string>>,
  Holds<Same<Answer<"POST /containers/{id}/start">, undefined>>,
  // What recordings show, and the Engine's description does not say.
  Holds<Same<Answer<"HEAD /_ping">, undefined>>,
  Holds<Same<Answer<"POST /secrets/create">, { ID: string }>>,
  Holds<Same<Answer<"POST /configs/create">, { ID: string }>>,
  Holds<Same<Answer<"DELETE /plugins/{name}">, undefined>>,
  Holds<Same<Answer<"GET /images/json">[number]["RepoDigests"], string[] | null>>,
  Holds<Same<Answer<"GET /images/json">[number]["Labels"], { [key: string]: string } | null>>,
  Holds<Same<Answer<"GET /volumes/{name}">["Labels"], { [key: string]: string } | null>>,
  Holds<Same<Answer<"GET /plugins">[number]["Config"]["Interface"]["Types"], string[]>>,
  Holds<Same<NonNullable<Answer<"GET /info">["NCPU"]>, number>>,
  Holds<Same<Answer<"GET /info">["NCPU"], number | null | undefined>>,
  Holds<Same<Answer<"POST /containers/create">["Id"], string>>,
  Holds<Same<RequestOptions<"GET /containers/{id}/json">["path"], { id: string }>>,
  Holds<Same<RequestArguments<"GET /version">["length"], 0 | 1>>,
  Holds<Same<RequestArguments<"POST /containers/create">["length"], 1>>,
  Holds<undefined extends OperationBody<"POST /containers/create"> ? false : true>,
];

const listed: readonly OperationKey[] = [
  "GET /_ping",
  "HEAD /_ping",
  "GET /version",
  "GET /info",
  "GET /events",
  "GET /containers/json",
  "GET /containers/{id}/json",
  "GET /containers/{id}/logs",
  "POST /containers/create",
  "POST /containers/{id}/attach",
  "POST /containers/{id}/kill",
  "POST /containers/{id}/start",
  "POST /containers/{id}/stop",
  "POST /containers/{id}/wait",
  "DELETE /containers/{id}",
  "POST /build",
  "POST /images/create",
  "GET /images/json",
  "GET /images/{name}/json",
  "DELETE /images/{name}",
];

const schema = readFileSync(new URL("../../engine-api/schema.ts", import.meta.url), "utf8");
const operations = [...schema.matchAll(/^ {2}"([A-Z]+ \/[^"]*)": \{$/gm)].map((match) => match[1]);

test("the schema holds each operation that the helpers use, once", () => {
  for (const operation of listed) {
    assert.is(operations.filter((known) => known === operation).length, 1, operation);
  }
});

test("the schema describes all 107 operations and no code", () => {
  assert.is(operations.length, 107);
  assert.not.match(schema, /^(?!export (type|interface)).*\b(const|let|function|class|import)\b /m);
});

test.run();
