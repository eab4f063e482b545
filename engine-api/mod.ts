/**
 * A thin typed client of the Docker Engine API over its socket. Needs undici and nothing else.
 *
 * @module
 */
export type { RequestBody, ResponseBody } from "./bodies.ts";
export {
  type ClientOptions,
  createClient,
  describeEndpoint,
  type EngineClient,
  type StreamedAnswer,
} from "./client.ts";
export {
  type Attachment,
  type AttachOptions,
  attachContainer,
  type CallOptions,
  type ContainerExit,
  type ContainerSpec,
  type CreatedContainer,
  containerExists,
  createContainer,
  inspectContainer,
  killContainer,
  listContainers,
  type RegisteredWait,
  removeContainer,
  startContainer,
  stopContainer,
  waitContainer,
} from "./containers.ts";
export {
  type Endpoint,
  type EndpointSurroundings,
  formatEndpoint,
  parseEndpoint,
  type ResolvedEndpoint,
  resolveEndpoint,
} from "./endpoint.ts";
export {
  ConnectionError,
  EngineError,
  isConflict,
  isConnectionError,
  isNotFound,
  isResponseError,
  ProtocolError,
  ResponseError,
} from "./errors.ts";
export { createDemultiplexer, type Demultiplexer, type OutputChunk } from "./frames.ts";
export {
  type BuildOptions,
  type ByteStream,
  buildImage,
  ImageError,
  type ImageProgress,
  type ImportOptions,
  importImage,
  inspectImage,
  listImages,
  removeImage,
} from "./images.ts";
export { decodeJsonLines } from "./json-lines.ts";
export type { Answer, OperationBody, OperationKey, RequestArguments, RequestOptions } from "./operations.ts";
export { engineInfo, engineVersion, ping } from "./system.ts";
export {
  createTransport,
  type Transport,
  type TransportRequest,
  type TransportResponse,
  type UpgradedConnection,
} from "./transport.ts";
export { compareApiVersions, defaultApiVersion, minimumApiVersion } from "./version.ts";
