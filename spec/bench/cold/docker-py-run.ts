import { spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { defaultImage } from "../../../lib/image/names.ts";
import { defaultPolicy } from "../../../lib/mod.ts";
import { toContainerSpec } from "../../../lib/policy/container-spec.ts";
import { readPythonSeccomp } from "../../../lib/policy/seccomp.ts";
import type { Contestant } from "./contestant.ts";

const script = fileURLToPath(new URL("docker_py_run.py", import.meta.url));

/** docker-py in a process that goes on, with the same HostConfig. Null, and a word on stderr, where Debian's python3-docker is not installed. */
export function createDockerPyRun(code = "pass"): Contestant | null {
  const asked = spawnSync("python3", ["-c", "import docker; print(docker.__version__)"], {
    encoding: "utf8",
  });
  if (asked.status !== 0) {
    console.error("left out: docker-py, Debian's python3-docker is not installed");
    return null;
  }
  const spec = toContainerSpec(defaultPolicy, {
    image: defaultImage,
    command: ["python3", "-I", "-c", code],
    labels: {},
    pythonSeccomp: readPythonSeccomp(),
  });
  const request = `${JSON.stringify({ ...spec, OpenStdin: false, StdinOnce: false, AttachStdin: false })}\n`;
  const child = spawn("python3", [script], { stdio: ["pipe", "pipe", "inherit"] });
  const answers = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    name: `docker-py ${asked.stdout.trim()}`,
    async runOnce() {
      child.stdin.write(request);
      const { value } = await answers.next();
      if (value !== "0") throw new Error(`docker-py ended with ${value}`);
    },
    async close() {
      child.stdin.end();
    },
  };
}
