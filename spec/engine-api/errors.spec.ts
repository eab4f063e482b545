import * as assert from "uvu/assert";
import {
  ConnectionError,
  EngineError,
  isConflict,
  isConnectionError,
  isNotFound,
  isResponseError,
  ProtocolError,
  ResponseError,
} from "../../engine-api/errors.ts";
import { suite } from "../support/suite.ts";

const test = suite("engine-api/errors");

const notFound = new ResponseError("GET /containers/{id}/json", 404, "No such container: web");
const conflict = new ResponseError("DELETE /containers/{id}", 409, "");
const lost = new ConnectionError("unix:///x.sock", new Error("gone"));
const broken = new ProtocolError("not a frame");

const lookalike = { name: "ResponseError", status: 404, message: "answered 404" };
const guarded: readonly [name: string, value: unknown, guards: readonly boolean[]][] = [
  ["a 404", notFound, [true, false, true, false]],
  ["a 409", conflict, [false, true, true, false]],
  ["a 500", new ResponseError("GET /info", 500, ""), [false, false, true, false]],
  ["a lost connection", lost, [false, false, false, true]],
  ["a broken protocol", broken, [false, false, false, false]],
  ["an error of the system", Object.assign(new Error("x"), { status: 404 }), [false, false, false, false]],
  ["an object that looks like one", lookalike, [false, false, false, false]],
  ["null", null, [false, false, false, false]],
  ["undefined", undefined, [false, false, false, false]],
];

for (const [name, value, expected] of guarded) {
  test(`the guards tell ${name} apart`, () => {
    const guards = [isNotFound, isConflict, isResponseError, isConnectionError];
    assert.equal(
      guards.map((guard) => guard(value)),
      expected,
    );
  });
}

test("every error is an EngineError with its own literal name", () => {
  for (const [error, name] of [
    [new EngineError("x"), "EngineError"],
    [notFound, "ResponseError"],
    [lost, "ConnectionError"],
    [broken, "ProtocolError"],
  ] as const) {
    assert.instance(error, EngineError);
    assert.instance(error, Error);
    assert.is(error.name, name);
  }
});

test("a refusal says method, path template, status and the Engine's words", () => {
  assert.is(notFound.message, "GET /containers/{id}/json answered 404: No such container: web");
  assert.is(conflict.message, "DELETE /containers/{id} answered 409");
  assert.equal(
    [notFound.operation, notFound.status, notFound.engineMessage],
    ["GET /containers/{id}/json", 404, "No such container: web"],
  );
});

const withCode = (code: string): Error => Object.assign(new Error(`connect ${code}`), { code });

const lostBy: readonly [cause: unknown, code: string | null, words: RegExp][] = [
  [withCode("ENOENT"), "ENOENT", /no such socket.*Is an Engine installed and running\?/],
  [withCode("ECONNREFUSED"), "ECONNREFUSED", /nobody listens.*Is the Engine running\?/],
  [withCode("EACCES"), "EACCES", /no permission.*group docker, or as root/],
  [withCode("EPERM"), "EPERM", /no permission.*group docker, or as root/],
  [withCode("ENOTFOUND"), "ENOTFOUND", /host name is not known.*Check DOCKER_HOST/],
  [withCode("ECONNRESET"), "ECONNRESET", /connection was reset.*Did the Engine stop\?/],
  [withCode("UND_ERR_SOCKET"), "UND_ERR_SOCKET", /connection was closed. Did the Engine stop\?/],
  [withCode("ERR_STREAM_PREMATURE_CLOSE"), "ERR_STREAM_PREMATURE_CLOSE", /closed before its end/],
  [withCode("EWEIRD"), "EWEIRD", /: connect EWEIRD$/],
  [new AggregateError([withCode("ECONNREFUSED"), withCode("EACCES")]), "ECONNREFUSED", /nobody listens/],
  [new AggregateError([]), null, /./],
  [new Error("other side closed"), null, /: other side closed$/],
  [Object.assign(new Error("x"), { code: 5 }), null, /: x$/],
  ["a text", null, /: a text$/],
  [undefined, null, /: undefined$/],
];

for (const [cause, code, words] of lostBy) {
  test(`a lost connection explains ${code ?? String(cause)} and what to do`, () => {
    const error = new ConnectionError("unix:///x.sock", cause);
    assert.match(error.message, /^cannot talk to the Docker Engine at unix:\/\/\/x\.sock: /);
    assert.match(error.message, words);
    assert.is(error.code, code);
    assert.is(error.cause, cause);
    assert.is(error.endpoint, "unix:///x.sock");
  });
}

test.run();
