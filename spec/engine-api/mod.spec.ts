import * as assert from "uvu/assert";
import * as engineApi from "../../engine-api/mod.ts";
import { suite } from "../support/suite.ts";

const test = suite("engine-api/mod");

const publicNames: readonly string[] = [
  "ConnectionError",
  "EngineError",
  "ImageError",
  "ProtocolError",
  "ResponseError",
  "attachContainer",
  "buildImage",
  "compareApiVersions",
  "containerExists",
  "createClient",
  "createContainer",
  "createDemultiplexer",
  "createTransport",
  "decodeJsonLines",
  "defaultApiVersion",
  "describeEndpoint",
  "engineInfo",
  "engineVersion",
  "formatEndpoint",
  "importImage",
  "inspectContainer",
  "inspectImage",
  "isConflict",
  "isConnectionError",
  "isNotFound",
  "isResponseError",
  "killContainer",
  "listContainers",
  "listImages",
  "minimumApiVersion",
  "parseEndpoint",
  "ping",
  "removeContainer",
  "removeImage",
  "resolveEndpoint",
  "startContainer",
  "stopContainer",
  "waitContainer",
];

test("exports exactly the names that it promises", () => {
  assert.equal(Object.keys(engineApi).sort(), publicNames);
});

test.run();
