import * as assert from "uvu/assert";
import { SandboxError } from "../../../lib/errors.ts";
import { checkApplied } from "../../../lib/policy/check-applied.ts";
import { toContainerSpec } from "../../../lib/policy/container-spec.ts";
import { resolvePolicy } from "../../../lib/policy/resolve-policy.ts";
import { suite } from "../../support/suite.ts";

const test = suite("what the Engine applied");

const spec = toContainerSpec(resolvePolicy({ runtime: "runsc" }), {
  image: "sha256:1234",
  command: ["python3"],
  labels: {},
  pythonSeccomp: '{"defaultAction":"SCMP_ACT_ERRNO"}',
});

type Json = Record<string, unknown>;

interface Answer extends Json {
  readonly Config: Json;
  readonly HostConfig: Json;
}

/** An answer that agrees with what was asked for, as the Engine would give it. */
function agreeing(): Answer {
  return structuredClone({
    Image: spec.Image,
    Mounts: [],
    Config: { User: spec.User, Tty: false, OpenStdin: true, StdinOnce: true },
    HostConfig: {
      ...spec.HostConfig,
      CapAdd: null,
      Binds: null,
      Devices: [],
      PidMode: "",
      UTSMode: "",
      MaskedPaths: ["/proc/kcore"],
      ReadonlyPaths: ["/proc/sys"],
    },
  });
}

/** What is said of an answer with some changes; null where nothing is. */
function complaint(change: (answer: Answer) => void): string | null {
  const answer = agreeing();
  change(answer);
  try {
    checkApplied(spec, answer);
    return null;
  } catch (error) {
    if (error instanceof SandboxError) return error.message;
    throw error;
  }
}

test("an answer that agrees is let through, whatever the order of its lists and keys", () => {
  assert.is(
    complaint(() => undefined),
    null,
  );
  const turned = (answer: Answer): void => {
    (answer.HostConfig.SecurityOpt as string[]).reverse();
    (answer.HostConfig.Ulimits as object[]).reverse();
  };
  assert.is(complaint(turned), null);
});

const different: Readonly<Record<string, unknown>> = {
  NetworkMode: "bridge",
  ReadonlyRootfs: false,
  Privileged: true,
  CapDrop: [],
  SecurityOpt: ["no-new-privileges:true"],
  IpcMode: "host",
  Memory: 0,
  MemorySwap: -1,
  NanoCpus: 0,
  PidsLimit: 0,
  Tmpfs: { "/tmp": "rw,exec" },
  Ulimits: [],
  AutoRemove: false,
  Runtime: "runc",
  CapAdd: ["SYS_ADMIN"],
  Binds: ["/:/host"],
  VolumesFrom: ["other"],
  Devices: [{ PathOnHost: "/dev/sda" }],
  DeviceRequests: [{ Count: -1 }],
  PidMode: "host",
  UTSMode: "host",
  UsernsMode: "host",
};

for (const [key, value] of Object.entries(different)) {
  test(`${key} that differs is refused by name`, () => {
    const said = complaint(({ HostConfig }) => Object.assign(HostConfig, { [key]: value }));
    assert.match(said ?? "", /so it was not started: /);
    assert.match(said ?? "", key === "Runtime" ? /the runtime is "runc"/ : key);
  });
}

const mayBeNull = [
  "CapAdd",
  "Binds",
  "VolumesFrom",
  "Devices",
  "DeviceRequests",
  "PidMode",
  "UTSMode",
  "UsernsMode",
];

for (const key of Object.keys(different)) {
  test(`${key} that is null or missing ${mayBeNull.includes(key) ? "is as good as empty" : "is refused"}`, () => {
    const asNull = complaint(({ HostConfig }) => Object.assign(HostConfig, { [key]: null }));
    const missing = complaint(({ HostConfig }) => void delete HostConfig[key]);
    for (const said of [asNull, missing]) {
      if (mayBeNull.includes(key)) assert.is(said, null);
      else assert.type(said, "string");
    }
  });
}

const others: readonly (readonly [string, (answer: Answer) => void, RegExp])[] = [
  ["another image", (answer) => Object.assign(answer, { Image: "sha256:5" }), /the image is "sha256:5"/],
  ["another user", ({ Config }) => Object.assign(Config, { User: "" }), /the user is ""/],
  ["a terminal", ({ Config }) => Object.assign(Config, { Tty: true }), /stdin is not set up as asked/],
  ["a closed stdin", ({ Config }) => Object.assign(Config, { OpenStdin: false }), /stdin is not set up/],
  [
    "a volume",
    (answer) => Object.assign(answer, { Mounts: [{ Type: "volume", Destination: "/data" }] }),
    /"\/data" is mounted/,
  ],
  [
    "a logging driver",
    ({ HostConfig }) => Object.assign(HostConfig, { LogConfig: { Type: "json-file" } }),
    /the log driver is "json-file"/,
  ],
  [
    "an open /proc",
    ({ HostConfig }) => Object.assign(HostConfig, { MaskedPaths: [] }),
    /parts of \/proc are not masked/,
  ],
  [
    "a writable /proc/sys",
    ({ HostConfig }) => Object.assign(HostConfig, { ReadonlyPaths: [] }),
    /parts of \/proc are not masked/,
  ],
];

for (const [name, change, message] of others) {
  test(`${name} is refused`, () => assert.match(complaint(change) ?? "", message));
}

for (const answer of [null, undefined, "no", [], {}, { HostConfig: null }]) {
  test(`an answer of ${JSON.stringify(answer)} is refused`, () => {
    assert.throws(() => checkApplied(spec, answer), /does not say whether the container is locked down/);
  });
}

test("all differences are told at once", () => {
  const said = complaint(({ HostConfig }) =>
    Object.assign(HostConfig, { Privileged: true, NetworkMode: "host" }),
  );
  assert.match(said ?? "", /NetworkMode is "host" instead of "none"; Privileged is true instead of false/);
});

test.run();
