/** One call of each helper that takes a client, for what must hold of all of them. */
import * as api from "../../engine-api/mod.ts";

/** A helper and one call of it. */
export interface ClientCall {
  readonly name: string;
  start(
    client: api.EngineClient,
    options: api.CallOptions,
  ): Promise<unknown> | AsyncGenerator<unknown, void, undefined>;
}

/** One that is read piece by piece. */
export interface IteratingCall extends ClientCall {
  start(client: api.EngineClient, options: api.CallOptions): AsyncGenerator<unknown, void, undefined>;
}

const tar = new Uint8Array([1, 2, 3]);
const exec: api.CreatedExec = { id: "e", stdin: false, tty: false };
const accept = (): boolean => true;
const auth = null;
const same = <T>(spec: T): T => spec;

/** Those that resolve once. */
export const calls: readonly ClientCall[] = [
  { name: "attachContainer", start: (client, options) => api.attachContainer(client, "c", options) },
  { name: "connectNetwork", start: (client, options) => api.connectNetwork(client, "n", "c", options) },
  { name: "containerExists", start: (client, options) => api.containerExists(client, "c", options) },
  { name: "containerStats", start: (client, options) => api.containerStats(client, "c", options) },
  {
    name: "createConfig",
    start: (client, options) => api.createConfig(client, { name: "c", data: "x" }, options),
  },
  {
    name: "createContainer",
    start: (client, options) => api.createContainer(client, { Image: "i" }, options),
  },
  {
    name: "createExec",
    start: (client, options) => api.createExec(client, "c", { command: ["x"] }, options),
  },
  { name: "createNetwork", start: (client, options) => api.createNetwork(client, { Name: "n" }, options) },
  {
    name: "createSecret",
    start: (client, options) => api.createSecret(client, { name: "s", data: "x" }, options),
  },
  { name: "createService", start: (client, options) => api.createService(client, { Name: "s" }, options) },
  { name: "createVolume", start: (client, options) => api.createVolume(client, {}, options) },
  { name: "disconnectNetwork", start: (client, options) => api.disconnectNetwork(client, "n", "c", options) },
  { name: "diskUsage", start: (client, options) => api.diskUsage(client, options) },
  { name: "engineInfo", start: (client, options) => api.engineInfo(client, options) },
  { name: "engineVersion", start: (client, options) => api.engineVersion(client, options) },
  { name: "getArchive", start: (client, options) => api.getArchive(client, "c", "/x", options) },
  { name: "inspectContainer", start: (client, options) => api.inspectContainer(client, "c", options) },
  { name: "inspectExec", start: (client, options) => api.inspectExec(client, "e", options) },
  { name: "inspectImage", start: (client, options) => api.inspectImage(client, "i", options) },
  { name: "inspectNetwork", start: (client, options) => api.inspectNetwork(client, "n", options) },
  { name: "inspectVolume", start: (client, options) => api.inspectVolume(client, "v", options) },
  {
    name: "updateContainer",
    start: (client, options) => api.updateContainer(client, "c", { NanoCpus: 1e9 }, options),
  },
  { name: "killContainer", start: (client, options) => api.killContainer(client, "c", options) },
  { name: "labelConfig", start: (client, options) => api.labelConfig(client, "c", {}, options) },
  { name: "labelSecret", start: (client, options) => api.labelSecret(client, "s", {}, options) },
  { name: "listContainers", start: (client, options) => api.listContainers(client, options) },
  { name: "listImages", start: (client, options) => api.listImages(client, options) },
  { name: "listNetworks", start: (client, options) => api.listNetworks(client, options) },
  { name: "listVolumes", start: (client, options) => api.listVolumes(client, options) },
  { name: "ping", start: (client, options) => api.ping(client, options) },
  { name: "prune", start: (client, options) => api.prune(client, "images", options) },
  { name: "putArchive", start: (client, options) => api.putArchive(client, "c", "/", tar, options) },
  { name: "readConfig", start: (client, options) => api.readConfig(client, "c", options) },
  { name: "removeContainer", start: (client, options) => api.removeContainer(client, "c", options) },
  { name: "removeImage", start: (client, options) => api.removeImage(client, "i", options) },
  { name: "removeNetwork", start: (client, options) => api.removeNetwork(client, "n", options) },
  { name: "removeVolume", start: (client, options) => api.removeVolume(client, "v", options) },
  {
    name: "resizeExec",
    start: (client, options) => api.resizeExec(client, "e", { rows: 1, columns: 1 }, options),
  },
  { name: "runExec", start: (client, options) => api.runExec(client, "c", { command: ["x"] }, options) },
  { name: "saveImages", start: (client, options) => api.saveImages(client, ["i"], options) },
  { name: "startContainer", start: (client, options) => api.startContainer(client, "c", options) },
  { name: "startExec", start: (client, options) => api.startExec(client, exec, options) },
  { name: "startExecDetached", start: (client, options) => api.startExecDetached(client, exec, options) },
  { name: "statPath", start: (client, options) => api.statPath(client, "c", "/x", options) },
  { name: "stopContainer", start: (client, options) => api.stopContainer(client, "c", options) },
  { name: "tagImage", start: (client, options) => api.tagImage(client, "i", "t", options) },
  { name: "updateNode", start: (client, options) => api.updateNode(client, "n", same, options) },
  { name: "updateService", start: (client, options) => api.updateService(client, "s", same, options) },
  { name: "updateSwarm", start: (client, options) => api.updateSwarm(client, same, options) },
  { name: "waitContainer", start: (client, options) => api.waitContainer(client, "c", options) },
];

/** Those that are read piece by piece. */
export const iterators: readonly IteratingCall[] = [
  { name: "buildImage", start: (client, options) => api.buildImage(client, tar, { tag: "t", ...options }) },
  { name: "containerLogLines", start: (client, options) => api.containerLogLines(client, "c", options) },
  { name: "containerLogs", start: (client, options) => api.containerLogs(client, "c", options) },
  {
    name: "importImage",
    start: (client, options) => api.importImage(client, tar, { repository: "r", tag: "t", ...options }),
  },
  {
    name: "installPlugin",
    start: (client, options) => api.installPlugin(client, "p", { accept, auth, ...options }),
  },
  { name: "loadImages", start: (client, options) => api.loadImages(client, tar, options) },
  { name: "pullImage", start: (client, options) => api.pullImage(client, "i", { auth, ...options }) },
  { name: "pushImage", start: (client, options) => api.pushImage(client, "i", { auth, ...options }) },
  { name: "pushPlugin", start: (client, options) => api.pushPlugin(client, "p", { auth, ...options }) },
  { name: "serviceLogLines", start: (client, options) => api.serviceLogLines(client, "s", options) },
  { name: "serviceLogs", start: (client, options) => api.serviceLogs(client, "s", options) },
  { name: "taskLogs", start: (client, options) => api.taskLogs(client, "t", options) },
  {
    name: "upgradePlugin",
    start: (client, options) => api.upgradePlugin(client, "p", "r", { accept, auth, ...options }),
  },
  { name: "watchEvents", start: (client, options) => api.watchEvents(client, options) },
  { name: "watchStats", start: (client, options) => api.watchStats(client, "c", options) },
];

/** What the module exports and is no call to an Engine. */
export const others: ReadonlySet<string> = new Set([
  "ConnectionError",
  "DeadlineError",
  "EngineError",
  "ImageError",
  "ProtocolError",
  "ResponseError",
  "collectOutput",
  "compareApiVersions",
  "createClient",
  "createDemultiplexer",
  "createTransport",
  "decodeJsonLines",
  "defaultApiVersion",
  "describeEndpoint",
  "encodeRegistryAuth",
  "engineCallChannel",
  "formatEndpoint",
  "isConflict",
  "isConnectionError",
  "isDeadlineError",
  "isImageError",
  "isNotFound",
  "isProtocolError",
  "isResponseError",
  "minimumApiVersion",
  "parseEndpoint",
  "readLines",
  "readRegistryAuth",
  "registryOf",
  "resolveEndpoint",
]);
