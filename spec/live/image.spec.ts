import { packTar } from "modern-tar";
import * as assert from "uvu/assert";
import {
  buildImage,
  createClient,
  type EngineClient,
  inspectImage,
  removeImage,
} from "../../engine-api/mod.ts";
import { SandboxError } from "../../lib/errors.ts";
import { createExecutor } from "../../lib/executor.ts";
import { buildSandboxImage } from "../../lib/image/build-image.ts";
import { defaultImage } from "../../lib/image/names.ts";
import { rejectionOf } from "../support/catch-error.ts";
import { runCommand } from "../support/cli.ts";
import { suite } from "../support/suite.ts";

const test = suite("images on a real Engine");
const client: EngineClient = createClient();
const base = "brigbox-spec-base:1";
const built = "brigbox-spec-built:1";

test.after(async () => {
  for (const name of [built, base]) await removeImage(client, name, { force: true }).catch(() => undefined);
  await client.close();
});

/** Our own image with a `pip` that only says what it was asked for: the real one needs an index of packages. */
async function makeBase(): Promise<void> {
  const files = {
    Dockerfile: `FROM ${defaultImage}\nUSER root\nCOPY pip.py /usr/lib/python3/dist-packages/pip/__main__.py\nUSER root\n`,
    "pip.py": "import sys\nprint('pip', *sys.argv[1:])\n",
  };
  const context = await packTar(
    Object.entries(files).map(([name, body]) => ({
      header: { name, size: body.length, type: "file" as const },
      body,
    })),
  );
  for await (const _ of buildImage(client, context, { tag: base }));
}

test(
  "the Dockerfile builds on the Engine, and runs go in what it makes",
  async () => {
    await makeBase();
    const texts: string[] = [];
    const options = { tag: built, recipe: "dockerfile", buildArgs: { BASE: base } } as const;
    for await (const { text } of buildSandboxImage(client, options)) texts.push(text);
    assert.ok(
      texts.some((text) => /^pip install .*--only-binary :all: .*numpy==\d.* pandas==\d/.test(text)),
      texts.join("\n"),
    );
    const { Config, Id } = await inspectImage(client, built);
    assert.is(Config?.User, "65534:65534");
    assert.is(Config?.Labels?.["brigbox.image"], "dockerfile");
    await using executor = createExecutor({
      client,
      image: built,
      policy: { validator: "off", audit: "off" },
    });
    const { status, evidence } = await executor.run("import os\nassert os.getuid() == 65534");
    assert.is(status, "ok");
    assert.is(evidence.image, Id);
  },
  { timeoutMs: 120_000 },
);

test("no program in the image can raise privileges", async () => {
  await using executor = createExecutor({ client, policy: { validator: "off", audit: "off" } });
  const { values } = await executor.run(`
import os, stat
result = []
for folder, _, names in os.walk("/usr"):
    for name in names:
        path = os.path.join(folder, name)
        mode = os.lstat(path).st_mode
        if stat.S_ISREG(mode) and mode & (stat.S_ISUID | stat.S_ISGID):
            result.append(path)
`);
  assert.equal(values.result, []);
});

test("a Dockerfile whose base cannot be had fails in the Engine's words where nothing else was asked for", async () => {
  const options = {
    tag: "brigbox-spec-none:1",
    recipe: "dockerfile",
    buildArgs: { BASE: "brigbox-spec-no-such-image:1" },
  } as const;
  const building = (async () => {
    for await (const _ of buildSandboxImage(client, options));
  })();
  await rejectionOf(building, SandboxError, /the Dockerfile could not be built: /);
});

test("images are listed, and removed once", async () => {
  const { out } = await runCommand(["image", "ls"]);
  assert.match(out, /^NAME +ID +SIZE +RECIPE/);
  assert.match(out, /brigbox-spec-built:1 .* dockerfile/);
  const list = JSON.parse((await runCommand(["image", "ls", "--json"])).out) as {
    names: string[];
    pandas: string;
  }[];
  assert.match(list.find(({ names }) => names.includes(built))?.pandas ?? "", /^\d+\.\d+/);
  assert.equal(await runCommand(["image", "rm", built]), { exitCode: 0, out: `removed ${built}\n`, err: "" });
  const again = await runCommand(["image", "rm", built]);
  assert.is(again.exitCode, 2);
  assert.match(again.err, /there is no image brigbox-spec-built:1/);
});

test.run();
