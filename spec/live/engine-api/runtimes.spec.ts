import { execFile, execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as assert from "uvu/assert";
import { createClient, engineVersion } from "../../../engine-api/mod.ts";
import { defaultImage } from "../../../lib/image/names.ts";
import { bundleForNode } from "../../bench/client/bundle.ts";
import { suite } from "../../support/suite.ts";

const test = suite("engine-api on Deno, and bundled");
const run = promisify(execFile);
const at = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

test(
  "a program on Deno lists, runs with stdin, reads output and log, hears events, and ends by itself",
  async ({ signal }) => {
    const { DOCKER_HOST: host = "" } = process.env;
    // To Deno, to talk to a socket of the file system is to write to it.
    const socket = host.startsWith("unix://") ? host.slice("unix://".length) : "/var/run/docker.sock";
    const rights = ["--allow-read", `--allow-write=${socket}`, "--allow-env", "--allow-net", "--allow-sys"];
    const name = `engine-api-deno-${randomBytes(6).toString("hex")}`;
    const { stdout } = await run(
      at("node_modules/.bin/deno"),
      ["run", "--quiet", ...rights, at("spec/fixtures/deno/tour.ts"), defaultImage, name],
      { signal },
    );
    const seen = JSON.parse(stdout) as Record<string, unknown>;
    const output = ["stderr: that was all", "stdout: ONE", "stdout: TWO"];
    assert.equal([...(seen["output"] as string[])].sort(), output);
    assert.equal([...(seen["logged"] as string[])].sort(), output);
    assert.equal([seen["listed"], seen["exitCode"], seen["isGone"]], [true, 0, true]);
    assert.equal(
      (seen["actions"] as string[]).filter((action) => action !== "attach"),
      ["create", "start", "die", "destroy"],
    );
  },
  { timeoutMs: 120_000 },
);

test(
  "a bundle for Node talks to the Engine, minified or not",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "brigbox-bundle-"));
    try {
      await using client = createClient();
      const { ApiVersion } = await engineVersion(client);
      for (const minify of [false, true]) {
        const file = join(folder, `bundle-${minify}.mjs`);
        await bundleForNode(file, { minify });
        assert.is(execFileSync(process.execPath, [file], { encoding: "utf8" }), `version ${ApiVersion}\n`);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  { timeoutMs: 60_000 },
);

test.run();
