import * as api from "@opentelemetry/api";
import * as assert from "uvu/assert";
import { loadApi } from "../../../lib/tracing/load-api.ts";
import { rejection } from "../../support/catch-error.ts";
import { suite } from "../../support/suite.ts";

/** That `traceRuns` does nothing without the package, the check of the package tries where it really is not there. */
const test = suite("OpenTelemetry's API, where it is");

test("the installed one is given", async () => {
  assert.is((await loadApi())?.trace, api.trace);
});

for (const code of ["ERR_MODULE_NOT_FOUND", "MODULE_NOT_FOUND"]) {
  test(`without it there is none, and nobody is bothered: ${code}`, async () => {
    assert.is(await loadApi(() => Promise.reject(Object.assign(new Error("not found"), { code }))), null);
  });
}

test("what else keeps it from being loaded is told", async () => {
  const broken = new SyntaxError("unexpected token");
  assert.is(await rejection(loadApi(() => Promise.reject(broken))), broken);
});

test.run();
