/**
 * A thin typed client of the Docker Engine API over its socket. Needs undici and nothing else.
 *
 * @module
 */

export { type ContainerArchive, getArchive, type PathStat, putArchive, statPath } from "./archives.ts";
export { type Attachment, type AttachOptions, attachContainer } from "./attach.ts";
export type { RequestBody, ResponseBody } from "./bodies.ts";
export type { CallOptions } from "./call-options.ts";
export {
  type ClientOptions,
  createClient,
  describeEndpoint,
  type EngineClient,
  type StreamedAnswer,
} from "./client.ts";
export { type CollectedOutput, collectOutput } from "./collect-output.ts";
export {
  type ContainerChange,
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
  updateContainer,
  waitContainer,
} from "./containers.ts";
export { DeadlineError, isDeadlineError } from "./deadline.ts";
export { type EngineCall, engineCallChannel } from "./diagnostics.ts";
export { type Endpoint, formatEndpoint, parseEndpoint, type TlsFiles } from "./endpoint.ts";
export {
  ConnectionError,
  EngineError,
  isConflict,
  isConnectionError,
  isNotFound,
  isProtocolError,
  isResponseError,
  ProtocolError,
  ResponseError,
} from "./errors.ts";
export { type EngineEvent, type EventOptions, watchEvents } from "./events.ts";
export {
  type CreatedExec,
  createExec,
  type ExecResult,
  type ExecSpec,
  inspectExec,
  type RunExecOptions,
  resizeExec,
  runExec,
  startExec,
  startExecDetached,
} from "./exec.ts";
export { type EndpointSurroundings, type ResolvedEndpoint, resolveEndpoint } from "./find-endpoint.ts";
export { createDemultiplexer, type Demultiplexer, type OutputChunk } from "./frames.ts";
export { ImageError, type ImageProgress, isImageError } from "./image-progress.ts";
export {
  loadImages,
  pullImage,
  pushImage,
  saveImages,
  type TransferOptions,
  tagImage,
} from "./image-transfer.ts";
export {
  type BuildOptions,
  type ByteStream,
  buildImage,
  type ImportOptions,
  importImage,
  inspectImage,
  listImages,
  removeImage,
} from "./images.ts";
export { decodeJsonLines } from "./json-lines.ts";
export { type OutputLine, readLines } from "./lines.ts";
export { containerLogLines, containerLogs, type LogLine, type LogOptions } from "./logs.ts";
export {
  connectNetwork,
  createNetwork,
  disconnectNetwork,
  type EndpointSpec,
  inspectNetwork,
  listNetworks,
  type NetworkSpec,
  removeNetwork,
} from "./networks.ts";
export type { Answer, OperationBody, OperationKey, RequestArguments, RequestOptions } from "./operations.ts";
export {
  installPlugin,
  type PluginOptions,
  type PluginPrivilege,
  pushPlugin,
  upgradePlugin,
} from "./plugins.ts";
export {
  encodeRegistryAuth,
  type RegistryAuth,
  type RegistryAuthSurroundings,
  readRegistryAuth,
  registryOf,
} from "./registry-auth.ts";
export { type ContainerStats, containerStats, watchStats } from "./stats.ts";
export {
  type Change,
  type CreatedService,
  createConfig,
  createSecret,
  createService,
  labelConfig,
  labelSecret,
  type NodeSpec,
  readConfig,
  type ServiceOptions,
  type ServiceSpec,
  type SwarmData,
  type SwarmSpec,
  updateNode,
  updateService,
  updateSwarm,
} from "./swarm.ts";
export {
  type ServiceLogLine,
  type SwarmLogOptions,
  serviceLogLines,
  serviceLogs,
  taskLogs,
} from "./swarm-logs.ts";
export {
  diskUsage,
  engineInfo,
  engineVersion,
  type Prunable,
  type Pruned,
  ping,
  prune,
} from "./system.ts";
export {
  createTransport,
  type Transport,
  type TransportRequest,
  type TransportResponse,
  type UpgradedConnection,
} from "./transport.ts";
export { compareApiVersions, defaultApiVersion, minimumApiVersion } from "./version.ts";
export {
  createVolume,
  inspectVolume,
  listVolumes,
  removeVolume,
  type Volume,
  type VolumeSpec,
} from "./volumes.ts";
