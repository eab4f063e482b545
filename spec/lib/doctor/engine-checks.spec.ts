import * as assert from "uvu/assert";
import { createClient } from "../../../engine-api/mod.ts";
import { json } from "../../../engine-api/testing/mod.ts";
import type { CheckStatus, EngineInfo } from "../../../lib/doctor/check.ts";
import { engineChecks } from "../../../lib/doctor/engine-checks.ts";
import { suite } from "../../support/suite.ts";
import { withStubEngine } from "../../support/with-engine.ts";

const test = suite("the doctor's checks");

const healthy: Partial<EngineInfo> = {
  OSType: "linux",
  OperatingSystem: "Debian",
  Architecture: "x86_64",
  NCPU: 2,
  MemTotal: 8 * 1024 ** 3,
  CgroupVersion: "2",
  CgroupDriver: "systemd",
  MemoryLimit: true,
  CpuCfsQuota: true,
  PidsLimit: true,
  SwapLimit: true,
  SecurityOptions: ["name=apparmor", "name=seccomp,profile=builtin"],
  Driver: "overlay2",
  Runtimes: { runc: {}, runsc: {} },
  DefaultRuntime: "runc",
  SystemTime: new Date(1000).toISOString(),
};

async function examine(
  id: string,
  info: Partial<EngineInfo>,
): Promise<{ status: CheckStatus; found: string; advice: string | null }> {
  const check = engineChecks.find((each) => each.id === id);
  if (check === undefined) throw new Error(`there is no check ${id}`);
  await using client = createClient({ endpoint: "unix:///nowhere.sock" });
  const signal = new AbortController().signal;
  return check.examine({
    client,
    info: { ...healthy, ...info } as EngineInfo,
    image: "",
    askedAtMs: 500,
    answeredAtMs: 1500,
    signal,
  });
}

const cases: readonly (readonly [string, string, Partial<EngineInfo>, CheckStatus, RegExp])[] = [
  ["Linux is fine", "platform", {}, "ok", /Debian, x86_64, 2 CPUs, 8 GiB/],
  ["Windows containers are not", "platform", { OSType: "windows" }, "failure", /Linux containers/],
  ["cgroup v2 is fine", "cgroup", {}, "ok", /version 2, driver systemd/],
  [
    "a rootless Engine without cgroups keeps no limit",
    "cgroup",
    { CgroupDriver: "none" },
    "failure",
    /no limit holds/,
  ],
  ["an old Engine that tells no version has cgroup v1", "cgroup", { CgroupVersion: null }, "ok", /version 1/],
  ["a kernel that keeps all limits is fine", "limits", {}, "ok", /all kept/],
  [
    "one without memory limits is not",
    "limits",
    { MemoryLimit: false },
    "failure",
    /does not limit memory.*cgroup_enable=memory/,
  ],
  [
    "nor is one without any",
    "limits",
    { MemoryLimit: false, CpuCfsQuota: false, PidsLimit: false },
    "failure",
    /memory, CPU, processes/,
  ],
  ["a swap limit is fine", "swap-limit", {}, "ok", /kept/],
  ["without one, runs are refused", "swap-limit", { SwapLimit: false }, "failure", /swapaccount=1/],
  ["an Engine that does not say has none", "swap-limit", { SwapLimit: null }, "failure", /swapaccount=1/],
  ["seccomp with the default profile is fine", "seccomp", {}, "ok", /profile=builtin/],
  [
    "seccomp that is off is not",
    "seccomp",
    { SecurityOptions: ["name=apparmor"] },
    "failure",
    /all system calls are open/,
  ],
  [
    "seccomp unconfined by default is not",
    "seccomp",
    { SecurityOptions: ["name=seccomp,profile=unconfined"] },
    "failure",
    /daemon\.json/,
  ],
  [
    "security options that are null count as none",
    "seccomp",
    { SecurityOptions: null },
    "failure",
    /seccomp/,
  ],
  ["overlay2 is fine", "storage-driver", {}, "ok", /overlay2/],
  ["vfs is slow", "storage-driver", { Driver: "vfs" }, "warning", /use overlay2/],
  ["runtimes are listed", "runtimes", {}, "ok", /runc, runsc \(default runc\)/],
  ["a clock within the question's own time agrees", "clock", {}, "ok", /agrees/],
  [
    "a clock that is behind is told",
    "clock",
    { SystemTime: new Date(-60_000).toISOString() },
    "warning",
    /differs by 60.5 s.*NTP/,
  ],
  [
    "a clock that is ahead is told",
    "clock",
    { SystemTime: new Date(60_000).toISOString() },
    "warning",
    /differs by 58.5 s/,
  ],
  [
    "a small difference is told, and fine",
    "clock",
    { SystemTime: new Date(3000).toISOString() },
    "ok",
    /differs by 1.5 s/,
  ],
  ["a clock that is not told is a warning", "clock", { SystemTime: null }, "warning", /does not tell/],
];

for (const [name, id, info, status, text] of cases) {
  test(`${id}: ${name}`, async () => {
    const finding = await examine(id, info);
    assert.is(finding.status, status);
    assert.match(`${finding.found} ${finding.advice ?? ""}`, text);
    assert.is(finding.advice === null, status === "ok");
  });
}

for (const [version, status] of [
  ["1.51", "ok"],
  ["1.40", "ok"],
  ["1.39", "failure"],
  [null, "failure"],
] as const) {
  test(`api-version: ${version ?? "none"} is ${status}`, () =>
    withStubEngine(
      { "GET /version": json(200, { ApiVersion: version, MinAPIVersion: "1.24" }) },
      async ({ endpoint }) => {
        await using client = createClient({ endpoint });
        const check = engineChecks.find(({ id }) => id === "api-version");
        const signal = new AbortController().signal;
        const finding = await check?.examine({
          client,
          info: healthy as EngineInfo,
          image: "",
          askedAtMs: 0,
          answeredAtMs: 0,
          signal,
        });
        assert.is(finding?.status, status);
      },
    ));
}

test.run();
