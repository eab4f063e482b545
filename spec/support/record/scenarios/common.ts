import { createContainer, importImage, removeContainer } from "../../../../engine-api/mod.ts";
import { defaultImage } from "../../../../lib/image/names.ts";
import type { Recorder } from "../recorder.ts";
import { type ArchiveEntry, packEntries } from "../recording.ts";

/** A scenario: calls to an Engine that nobody else uses, which is as it was when they are done. */
export type Scenario = (recorder: Recorder) => Promise<void>;

/** What everything of a scenario is called, and how it is found. */
export const label = "brigbox.recorded";

/** An image of one small file, made by the first scenario that needs it. */
export const tinyImage = "recorded/tiny:1";

/** The plugin that the recordings make. */
export const pluginName = "127.0.0.1:1/recorded/plugin:latest";

/** The tiny image's file system. */
export const tinyFiles: readonly ArchiveEntry[] = [{ name: "hello.txt", type: "file", text: "hello\n" }];

/** What a container of the recordings is: no network, a little memory, a shell that waits. */
export const waiting = {
  Image: defaultImage,
  Hostname: "recorded",
  Cmd: ["sleep", "600"],
  Labels: { [label]: "1" },
  NetworkDisabled: true,
  HostConfig: { NetworkMode: "none", Memory: 67_108_864 },
};

/** A container for the body, of which neither the making nor the removal is recorded. */
export async function withContainer(
  { client }: Recorder,
  name: string,
  body: (id: string) => Promise<void>,
  spec: object = {},
): Promise<void> {
  const { id } = await createContainer(client, { ...waiting, ...spec }, { name });
  try {
    await body(id);
  } finally {
    await removeContainer(client, id, { force: true });
  }
}

/** The tiny image, for scenarios that need one and are about something else. */
export async function giveTinyImage({ client }: Recorder): Promise<void> {
  for await (const _ of importImage(client, await packEntries(tinyFiles), {
    repository: "recorded/tiny",
    tag: "1",
  }));
}
