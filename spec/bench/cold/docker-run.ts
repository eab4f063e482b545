import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { defaultImage, defaultPolicy } from "../../../lib/mod.ts";
import { toHostConfig } from "../../../lib/policy/container-spec.ts";
import { readPythonSeccomp } from "../../../lib/policy/seccomp.ts";
import type { Contestant } from "./contestant.ts";

const seccompPath = fileURLToPath(new URL("../../../profiles/seccomp/python.json", import.meta.url));

/** `docker run --rm` with the flags that make the same HostConfig. */
export function createDockerRun(): Contestant {
  const args = ["run", "--rm", ...lockDownFlags(), defaultImage, "python3", "-I", "-c", "pass"];
  return {
    name: "docker run --rm",
    async runOnce() {
      const child = spawn("docker", args, { stdio: ["ignore", "ignore", "inherit"] });
      const [code] = await once(child, "close");
      if (code !== 0) throw new Error(`docker run ended with ${code}`);
    },
    close: async () => undefined,
  };
}

/** The command line's words for what `toHostConfig` says in JSON. */
export function lockDownFlags(): string[] {
  const config = toHostConfig(defaultPolicy, readPythonSeccomp());
  return [
    `--network=${config.NetworkMode}`,
    "--read-only",
    ...(config.CapDrop ?? []).map((name) => `--cap-drop=${name}`),
    // The command line takes the profile's path, and sends its text.
    ...(config.SecurityOpt ?? []).map(
      (option) => `--security-opt=${option.replace(/^seccomp=\{.*/, `seccomp=${seccompPath}`)}`,
    ),
    `--ipc=${config.IpcMode}`,
    `--memory=${config.Memory}`,
    `--memory-swap=${config.MemorySwap}`,
    `--cpus=${(config.NanoCpus ?? 0) / 1e9}`,
    `--pids-limit=${config.PidsLimit}`,
    ...(config.Ulimits ?? []).map(({ Name, Soft, Hard }) => `--ulimit=${Name}=${Soft}:${Hard}`),
    ...Object.entries(config.Tmpfs ?? {}).map(([path, options]) => `--tmpfs=${path}:${options}`),
    `--log-driver=${config.LogConfig?.Type}`,
    `--user=${defaultPolicy.user}`,
  ];
}
