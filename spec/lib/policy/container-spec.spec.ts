import * as assert from "uvu/assert";
import { type ContainerPurpose, hashPolicy, toContainerSpec } from "../../../lib/policy/container-spec.ts";
import { resolvePolicy } from "../../../lib/policy/resolve-policy.ts";
import { suite } from "../../support/suite.ts";

const test = suite("a policy as a container");
const MiB = 1024 ** 2;
const purpose: ContainerPurpose = {
  image: "sha256:1234",
  command: ["python3", "-I", "-c", "pass"],
  labels: { "brigbox.run": "1" },
  pythonSeccomp: '{"defaultAction":"SCMP_ACT_ERRNO"}',
};

test("everything that the lock-down consists of is said, and nothing is left to the Engine", () => {
  const spec = toContainerSpec(resolvePolicy({ memoryBytes: 512 * MiB, cpus: 1.5 }), purpose);
  assert.equal(spec.HostConfig, {
    NetworkMode: "none",
    ReadonlyRootfs: true,
    Privileged: false,
    CapDrop: ["ALL"],
    SecurityOpt: ["no-new-privileges:true", `seccomp=${purpose.pythonSeccomp}`],
    IpcMode: "none",
    Memory: 512 * MiB,
    MemorySwap: 512 * MiB,
    NanoCpus: 1_500_000_000,
    PidsLimit: 64,
    Ulimits: [
      { Name: "core", Soft: 0, Hard: 0 },
      { Name: "nofile", Soft: 256, Hard: 256 },
    ],
    Tmpfs: {
      "/tmp": `rw,noexec,nosuid,nodev,size=${128 * MiB},nr_inodes=4096,mode=1777`,
      "/dev/shm": `rw,noexec,nosuid,nodev,size=${64 * MiB},nr_inodes=4096,mode=1777`,
    },
    LogConfig: { Type: "none", Config: {} },
    RestartPolicy: { Name: "no", MaximumRetryCount: 0 },
    AutoRemove: true,
  });
});

test("it runs by the image's id, as nobody, without a terminal, a health check or a network", () => {
  const spec = toContainerSpec(resolvePolicy(), purpose);
  assert.equal(
    [spec.Image, spec.User, spec.Tty, spec.NetworkDisabled],
    ["sha256:1234", "65534:65534", false, true],
  );
  assert.equal([spec.Entrypoint, spec.Cmd], [["python3"], ["-I", "-c", "pass"]]);
  assert.equal(spec.Healthcheck, { Test: ["NONE"] });
  assert.equal(spec.Labels, purpose.labels);
  assert.equal([spec.OpenStdin, spec.StdinOnce, spec.AttachStdin], [true, true, true]);
});

test("its environment is ours alone", () => {
  process.env.BRIGBOX_SPEC_SECRET = "hunter2";
  const { Env } = toContainerSpec(resolvePolicy(), purpose);
  delete process.env.BRIGBOX_SPEC_SECRET;
  assert.not.match(String(Env), /hunter2/);
});

test("the Engine's own filter is meant where the policy says so", () => {
  const { HostConfig } = toContainerSpec(resolvePolicy({ seccomp: "engine" }), purpose);
  assert.equal(HostConfig?.SecurityOpt, ["no-new-privileges:true"]);
});

test("a runtime goes along where there is one", () => {
  assert.is(toContainerSpec(resolvePolicy({ runtime: "runsc" }), purpose).HostConfig?.Runtime, "runsc");
});

test("containers that are made alike have one hash, and others have another", () => {
  const hash = (partial: Parameters<typeof resolvePolicy>[0], image = "sha256:1234"): string =>
    hashPolicy(resolvePolicy(partial), { image, pythonSeccomp: "{}" });
  assert.match(hash({}), /^[0-9a-f]{16}$/);
  assert.is(hash({ timeoutMs: 1000, stdoutBytes: 5 }), hash({}), "what each job enforces does not count");
  const others = [
    hash({ memoryBytes: 64 * MiB }),
    hash({ seccomp: "engine" }),
    hash({ user: "1:1" }),
    hash({}, "sha256:5"),
  ];
  assert.is(new Set([hash({}), ...others]).size, 5);
});

test.run();
