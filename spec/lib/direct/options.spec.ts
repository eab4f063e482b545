import * as assert from "uvu/assert";
import { chooseUser } from "../../../lib/direct/host-user.ts";
import { ConfigError } from "../../../lib/errors.ts";
import { createExecutor, type ExecutorOptions } from "../../../lib/executor.ts";
import { defaultPolicy } from "../../../lib/policy/policy.ts";
import { errorOf, rejectionOf } from "../../support/catch-error.ts";
import { suite } from "../../support/suite.ts";

const test = suite("asking for direct execution");
const forbidden = { directExecution: "forbidden" } as const;

const refused: readonly (readonly [string, object, RegExp])[] = [
  [
    "a fallback that is none",
    { fallback: "driect" },
    /fallback must be one of "none", "direct"; did you mean "direct"\?/,
  ],
  ["a word for unsafeDirect", { unsafeDirect: "false" }, /unsafeDirect must be true or false/],
  ["an interpreter without a name", { unsafeDirect: true, python: "" }, /python must be the name/],
  [
    "unsafeDirect under a policy that forbids it",
    { unsafeDirect: true, policy: forbidden },
    /^unsafeDirect: the policy says directExecution "forbidden"/,
  ],
  [
    "the fallback under such a policy",
    { fallback: "direct", policy: forbidden },
    /^fallback: "direct": the policy says directExecution "forbidden"/,
  ],
  ["attacks on a jail that is not there", { unsafeDirect: true, verify: "attack" }, /has no jail/],
  ["attacks on one that may not be there", { fallback: "direct", verify: "attack" }, /has no jail/],
  ["a policy that is none", { policy: { directExecution: "maybe" } }, /"allowed", "forbidden"/],
];

for (const [name, options, message] of refused) {
  test(`${name} is refused at once`, () => {
    const error = errorOf(() => createExecutor(options as ExecutorOptions));
    assert.instance(error, ConfigError);
    assert.match(error.message, message);
  });
}

test("a run may forbid what its executor allows, and allow nothing that it forbids", async () => {
  await using executor = createExecutor({ unsafeDirect: true });
  await rejectionOf(
    executor.run("pass", forbidden),
    ConfigError,
    /^this run: the policy says directExecution "forbidden"/,
  );
  await using strict = createExecutor({ policy: forbidden });
  assert.match(
    errorOf(() => strict.start("pass", { directExecution: "allowed" })).message,
    /may only be stricter/,
  );
});

test("a session is refused, since it needs a container", async () => {
  await using executor = createExecutor({ unsafeDirect: true });
  await rejectionOf(executor.session(), ConfigError, /a session needs a container/);
});

test("Windows has no direct execution; a process that is root runs code as the policy's user", () => {
  const on = (platform: NodeJS.Platform, uid: number | null) => chooseUser(defaultPolicy, { platform, uid });
  assert.throws(() => on("win32", null), /not there on Windows; use Docker/);
  assert.equal(on("linux", 0), { uid: 65534, gid: 65534 });
  assert.equal([on("linux", 1000), on("darwin", 501)], [null, null]);
});

test.run();
