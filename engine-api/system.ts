import { type CallOptions, onlyCall } from "./call-options.ts";
import type { EngineClient } from "./client.ts";
import type { Answer } from "./operations.ts";

/** Asks whether the Engine is there. @throws ConnectionError where it is not. */
export async function ping(client: EngineClient, options: CallOptions = {}): Promise<void> {
  await client.request("GET /_ping", options);
}

/** Versions of the Engine and its components. */
export function engineVersion(
  client: EngineClient,
  options: CallOptions = {},
): Promise<Answer<"GET /version">> {
  return client.request("GET /version", options);
}

/** What the Engine's machine has and can do. */
export function engineInfo(client: EngineClient, options: CallOptions = {}): Promise<Answer<"GET /info">> {
  return client.request("GET /info", options);
}

/** What images, containers, volumes and the build cache take up. */
export function diskUsage(
  client: EngineClient,
  options: CallOptions = {},
): Promise<Answer<"GET /system/df">> {
  return client.request("GET /system/df", onlyCall(options));
}

/** What {@link prune} clears away. */
export type Prunable = "containers" | "images" | "networks" | "volumes" | "build cache";

/** What was cleared away. */
export interface Pruned {
  /** Ids or names. */
  readonly removed: readonly string[];
  readonly freedBytes: number;
}

/**
 * Removes what nothing uses: stopped containers, images without a name, networks and volumes without containers, cached build steps.
 *
 * @param options.filters for example `{ label: ["com.example=1"], until: ["24h"] }`. Engines from API 1.42 on spare volumes that have a name,
 * unless `all: ["true"]` is among the filters; older ones refuse that filter and spare none.
 * @example
 * const { freedBytes } = await prune(client, "images", { filters: { dangling: ["false"] } });
 */
export async function prune(
  client: EngineClient,
  what: Prunable,
  options: CallOptions & { readonly filters?: Readonly<Record<string, readonly string[]>> } = {},
): Promise<Pruned> {
  const request = { query: { filters: options.filters ?? {} }, ...onlyCall(options) };
  switch (what) {
    case "containers": {
      const { ContainersDeleted, SpaceReclaimed } = await client.request("POST /containers/prune", request);
      return { removed: ContainersDeleted ?? [], freedBytes: SpaceReclaimed ?? 0 };
    }
    case "images": {
      const { ImagesDeleted, SpaceReclaimed } = await client.request("POST /images/prune", request);
      const removed = (ImagesDeleted ?? []).map(({ Deleted, Untagged }) => Deleted ?? Untagged ?? "");
      return { removed, freedBytes: SpaceReclaimed ?? 0 };
    }
    case "networks": {
      const { NetworksDeleted } = await client.request("POST /networks/prune", request);
      return { removed: NetworksDeleted ?? [], freedBytes: 0 };
    }
    case "volumes": {
      const { VolumesDeleted, SpaceReclaimed } = await client.request("POST /volumes/prune", request);
      return { removed: VolumesDeleted ?? [], freedBytes: SpaceReclaimed ?? 0 };
    }
    case "build cache": {
      const { CachesDeleted, SpaceReclaimed } = await client.request("POST /build/prune", request);
      return { removed: CachesDeleted ?? [], freedBytes: SpaceReclaimed ?? 0 };
    }
    default:
      return what satisfies never;
  }
}
