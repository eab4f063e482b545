import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { defaultImage, defaultPolicy } from "../../../lib/mod.ts";
import { toHostConfig } from "../../../lib/policy/container-spec.ts";
import { readPythonSeccomp } from "../../../lib/policy/seccomp.ts";
import type { Contestant } from "./contestant.ts";

const version = "5.0.1";

/** The part of dockerode that is used here. */
interface Dockerode {
  run(
    image: string,
    command: readonly string[],
    streams: readonly NodeJS.WritableStream[],
    options: object,
  ): Promise<[{ readonly StatusCode: number }, unknown]>;
}

/** dockerode's own `run` with the same HostConfig. It is fetched into a temporary folder, so that nobody else has to install it. */
export function createDockerodeRun(): Contestant {
  const Docker = loadDockerode();
  const docker = new Docker();
  const options = {
    Tty: false,
    User: defaultPolicy.user,
    HostConfig: toHostConfig(defaultPolicy, readPythonSeccomp()),
  };
  return {
    name: `dockerode ${version}`,
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
  const folder = join(tmpdir(), `brigbox-bench-dockerode-${version}`);
  if (!existsSync(join(folder, "node_modules/dockerode/package.json"))) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), "{}");
    execFileSync(
      "npm",
      ["install", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund", `dockerode@${version}`],
      { stdio: "ignore" },
    );
  }
  return createRequire(join(folder, "package.json"))("dockerode") as new () => Dockerode;
}
