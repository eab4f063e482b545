import {
  diskUsage,
  type EngineClient,
  isNotFound,
  isResponseError,
  listContainers,
  listImages,
  prune,
  removeContainer,
  removeImage,
} from "../../../engine-api/mod.ts";
import { defaultImage } from "../../../lib/image/names.ts";
import { label, pluginName } from "./scenarios/common.ts";

/**
 * Removes what a scenario that failed has left, so that the next one begins as the first did.
 *
 * @throws Error where there is more than the default image: what is another's is left alone, and would be in the recordings.
 */
export async function tidy(client: EngineClient): Promise<void> {
  const filters = { label: [label] };
  await unlessNothing(client.request("POST /swarm/leave", { query: { force: true } }));
  for (const { Id } of await listContainers(client, { all: true, filters }))
    await removeContainer(client, Id ?? "", { force: true });
  for (const { RepoTags } of await listImages(client))
    for (const tag of RepoTags ?? [])
      if (/(^|\/)recorded\//.test(tag)) await removeImage(client, tag, { force: true });
  await prune(client, "networks", { filters });
  for (const name of ["recorded", "recorded-bare", "recorded-pruned"])
    await unlessNothing(client.request("DELETE /volumes/{name}", { path: { name } }));
  await unlessNothing(
    client.request("DELETE /plugins/{name}", { path: { name: pluginName }, query: { force: true } }),
  );
  const { Containers, Images, Volumes } = await diskUsage(client);
  const images = (Images ?? [])
    .flatMap(({ RepoTags }) => RepoTags ?? [])
    .filter((tag) => tag !== defaultImage);
  const others = [
    ...(Containers ?? []).map(({ Names }) => `container ${Names?.[0]}`),
    ...(Volumes ?? []).map(({ Name }) => `volume ${Name}`),
    ...images.map((tag) => `image ${tag}`),
  ];
  if (others.length > 0)
    throw new Error(
      `an Engine is recorded that has nothing but ${defaultImage}; remove ${others.join(", ")}`,
    );
}

/** An Engine that is in no swarm answers 503. */
async function unlessNothing(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    const isNothing = isNotFound(error) || (isResponseError(error) && error.status === 503);
    if (!isNothing) throw error;
  }
}
