/**
 * A stub of a Docker Engine for the tests of programs that use one: a real server on a unix socket, without Docker.
 *
 * @module
 */
export { chunks, empty, frame, hijack, json, jsonLines, reply, text } from "./answers.ts";
export type { Exchange, Handler, RecordedRequest, Routes } from "./exchange.ts";
export { cut, garbage, halfClose, hang, inTurn, late, refuseConnection } from "./faults.ts";
export { answerBy, type MswResponder } from "./msw-handlers.ts";
export { type StubEngine, startStubEngine, stubApiVersion } from "./stub-engine.ts";
