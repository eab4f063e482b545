import { createRequire } from "node:module";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { defaultImage, defaultPolicy } from "../../../lib/mod.ts";
import { toHostConfig } from "../../../lib/policy/container-spec.ts";
import { readPythonSeccomp } from "../../../lib/policy/seccomp.ts";
import { installRival, rivalVersions } from "../rivals.ts";
import type { Contestant } from "./contestant.ts";

/** The part of dockerode that is used here. */
interface Dockerode {
  run(
    image: string,
    command: readonly string[],
    streams: readonly NodeJS.WritableStream[],
    options: object,
  ): Promise<[{ readonly StatusCode: number }, unknown]>;
}

/** dockerode's own `run` with the same HostConfig. */
export function createDockerodeRun(): Contestant {
  const Docker = loadDockerode();
  const docker = new Docker();
  const options = {
    Tty: false,
    User: defaultPolicy.user,
    HostConfig: toHostConfig(defaultPolicy, readPythonSeccomp()),
  };
  return {
    name: `dockerode ${rivalVersions.dockerode}`,
    async runOnce() {
      const streams = [new PassThrough().resume(), new PassThrough().resume()];
      const [{ StatusCode }] = await docker.run(
        defaultImage,
        ["python3", "-I", "-c", "pass"],
        streams,
        options,
      );
      if (StatusCode !== 0) throw new Error(`dockerode ended with ${StatusCode}`);
    },
    close: async () => undefined,
  };
}

function loadDockerode(): new () => Dockerode {
  return createRequire(join(installRival("dockerode"), "package.json"))("dockerode") as new () => Dockerode;
}
