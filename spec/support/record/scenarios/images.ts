import type { ArchiveEntry } from "../recording.ts";
import { label, type Scenario, tinyFiles, tinyImage, withContainer } from "./common.ts";

const noRegistry = "127.0.0.1:1/recorded/tiny";
const nobody = { "X-Registry-Auth": "e30=" };

function context(dockerfile: string): readonly ArchiveEntry[] {
  return [...tinyFiles, { name: "Dockerfile", type: "file", text: dockerfile }];
}

/** Images from their making to their removal; what needs a registry finds none. */
export const images: Scenario = async (recorder) => {
  const { call, refused, stream } = recorder;
  const path = { name: tinyImage };
  await stream("POST /images/create", {
    query: {
      fromSrc: "-",
      repo: "recorded/tiny",
      tag: "1",
      message: "recorded",
      changes: [`LABEL ${label}=1`, 'CMD ["/none"]'],
    },
    archive: tinyFiles,
  });
  await call("GET /images/{name}/json", { path });
  await refused("GET /images/{name}/json", { path: { name: "recorded/nothing:1" } });
  await call("GET /images/{name}/history", { path });
  await call("GET /images/json", { query: { filters: { label: [label] } } });
  await refused("GET /images/json", { query: { filters: { nonsense: ["1"] } } });
  await call("POST /images/{name}/tag", { path, query: { repo: "recorded/tiny", tag: "2" } });
  await call("POST /images/{name}/tag", { path, query: { repo: noRegistry, tag: "1" } });
  await refused("POST /images/{name}/tag", { path, query: { repo: "NOT A NAME" } });
  await stream("GET /images/{name}/get", { path });
  await stream("GET /images/get", { query: { names: [tinyImage, "recorded/tiny:2"] } });
  await stream("POST /images/load", {
    query: { quiet: true },
    archive: [{ name: "nothing.txt", type: "file", text: "no image\n" }],
  }).catch(() => undefined);
  await stream("POST /images/{name}/push", {
    path: { name: noRegistry },
    query: { tag: "1" },
    headers: nobody,
  });
  await stream("POST /images/create", { query: { fromImage: noRegistry, tag: "1" }, headers: nobody }).catch(
    () => undefined,
  );
  await refused("GET /distribution/{name}/json", { path: { name: `${noRegistry}:1` } });
  await refused("GET /images/search", { query: { term: noRegistry } });
  await build(recorder);
  await withContainer(
    recorder,
    "recorded-commit",
    async (container) => {
      await call("POST /commit", {
        query: {
          container,
          repo: "recorded/committed",
          tag: "1",
          comment: "recorded",
          author: "somebody",
          pause: true,
        },
        body: { Labels: { [label]: "1" }, Env: ["A=b"] },
      });
      await refused("POST /commit", { query: { container: "nowhere" }, body: {} });
    },
    { Image: tinyImage, Cmd: ["/none"] },
  );
  await call("DELETE /images/{name}", { path: { name: "recorded/committed:1" } });
  await call("DELETE /images/{name}", { path: { name: `${noRegistry}:1` } });
  await call("DELETE /images/{name}", { path: { name: "recorded/tiny:2" } });
  await call("DELETE /images/{name}", { path, query: { force: true } });
  await refused("DELETE /images/{name}", { path });
  await bare(recorder);
};

/** One without a name and a label, of which the Engine tells little. */
async function bare({ call, stream }: Parameters<Scenario>[0]): Promise<void> {
  const filters = { dangling: ["true"] };
  await stream("POST /images/create", { query: { fromSrc: "-" }, archive: tinyFiles });
  const [image] = await call("GET /images/json", { query: { filters } });
  await call("GET /images/{name}/json", { path: { name: image?.Id ?? "" } });
  await call("GET /images/{name}/history", { path: { name: image?.Id ?? "" } });
  await call("POST /images/prune", { query: { filters } });
}

async function build({ call, refused, stream }: Parameters<Scenario>[0]): Promise<void> {
  const good = context(`FROM scratch\nCOPY hello.txt /\nLABEL ${label}=1\n`);
  await stream("POST /build", { query: { t: "recorded/built:1", rm: true }, archive: good });
  const bad = context("FROM scratch\nCOPY nothing.txt /\n");
  await stream("POST /build", { query: { t: "recorded/built:2", rm: true }, archive: bad });
  await refused("POST /build", { query: { dockerfile: "Nowhere" }, archive: good });
  await call("DELETE /images/{name}", { path: { name: "recorded/built:1" } });
  await call("POST /build/prune", { query: { all: true } });
}
