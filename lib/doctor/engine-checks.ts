import { compareApiVersions, engineVersion, minimumApiVersion } from "../../engine-api/mod.ts";
import { formatDuration, formatSize } from "../config/units.ts";
import { type Check, failure, fine, warning } from "./check.ts";

/** Labels say until when a container may exist, so the two clocks must agree within this. */
const clockToleranceMs = 5000;

/** Things that the Engine tells of itself and its kernel, in the order of the report. */
export const engineChecks: readonly Check[] = [
  {
    id: "api-version",
    title: "API version",
    async examine({ client, signal }) {
      const { ApiVersion: highest, MinAPIVersion: lowest } = await engineVersion(client, { signal });
      const found = `${lowest ?? "?"} to ${highest ?? "?"}`;
      return compareApiVersions(highest ?? "0", minimumApiVersion) >= 0
        ? fine(found)
        : failure(found, `an Engine with API ${minimumApiVersion} or later is needed; update Docker`);
    },
  },
  {
    id: "platform",
    title: "Platform",
    examine({ info }) {
      const found = `${info.OperatingSystem ?? "?"}, ${info.Architecture ?? "?"}, ${info.NCPU ?? "?"} CPUs, ${formatSize(info.MemTotal ?? 0)}`;
      return info.OSType === "linux" ? fine(found) : failure(found, "switch the Engine to Linux containers");
    },
  },
  {
    id: "cgroup",
    title: "Cgroups",
    examine({ info }) {
      const found = `version ${info.CgroupVersion ?? "1"}, driver ${info.CgroupDriver ?? "?"}`;
      return info.CgroupDriver === "none"
        ? failure(
            found,
            "without cgroups no limit holds; delegate them to the rootless Engine (systemd, cgroup v2)",
          )
        : fine(found);
    },
  },
  {
    id: "limits",
    title: "Memory, CPU and process limits",
    examine({ info }) {
      const missing = [
        info.MemoryLimit === true ? "" : "memory",
        info.CpuCfsQuota === true ? "" : "CPU",
        info.PidsLimit === false ? "processes" : "",
      ].filter((name) => name !== "");
      return missing.length === 0
        ? fine("all kept by the kernel")
        : failure(
            `the kernel does not limit ${missing.join(", ")}`,
            "enable the cgroup controllers (cgroup_enable=memory on the kernel's command line)",
          );
    },
  },
  {
    id: "swap-limit",
    title: "Swap limit",
    examine({ info }) {
      return info.SwapLimit === true
        ? fine("kept by the kernel")
        : failure(
            "not kept by the kernel, so runs are refused",
            'add "swapaccount=1" to the kernel\'s command line, or use cgroup v2',
          );
    },
  },
  {
    id: "seccomp",
    title: "Seccomp",
    examine({ info }) {
      const option = (info.SecurityOptions ?? []).find((text) => text.startsWith("name=seccomp"));
      if (option === undefined)
        return failure(
          "off",
          "use a kernel and an Engine with seccomp; without it all system calls are open",
        );
      return option.includes("profile=unconfined")
        ? failure(
            "the Engine's default profile is unconfined",
            "remove seccomp-profile from the Engine's daemon.json",
          )
        : fine(option.replace(/^name=seccomp,?/, "") || "on");
    },
  },
  {
    id: "storage-driver",
    title: "Storage driver",
    examine({ info }) {
      const driver = info.Driver ?? "?";
      return driver === "vfs" || driver === "devicemapper"
        ? warning(driver, "slow: each container costs a copy of the image; use overlay2")
        : fine(driver);
    },
  },
  {
    id: "runtimes",
    title: "Runtimes",
    examine({ info }) {
      const names = Object.keys(info.Runtimes ?? {}).sort();
      return fine(`${names.join(", ") || "?"} (default ${info.DefaultRuntime ?? "?"})`);
    },
  },
  {
    id: "clock",
    title: "Clock",
    examine({ info, askedAtMs, answeredAtMs }) {
      const engineMs = Date.parse(info.SystemTime ?? "");
      if (Number.isNaN(engineMs)) return warning("the Engine does not tell its time", "update Docker");
      const differenceMs = Math.max(0, askedAtMs - engineMs, engineMs - answeredAtMs);
      const found = differenceMs === 0 ? "agrees" : `differs by ${formatDuration(differenceMs)}`;
      return differenceMs > clockToleranceMs
        ? warning(found, "set both clocks by NTP: deadlines of containers are judged by them")
        : fine(found);
    },
  },
];
