import type { Command } from "commander";
import {
  type EngineClient,
  isConflict,
  isNotFound,
  listImages,
  removeImage,
} from "../../../engine-api/mod.ts";
import { formatSize } from "../../config/units.ts";
import { ConfigError, SandboxError } from "../../errors.ts";
import { buildSandboxImage } from "../../image/build-image.ts";
import { defaultImage, type ImageRecipe, imageLabel, versionLabels } from "../../image/names.ts";
import type { CliContext, GlobalOptions } from "../context.ts";
import { createProgress } from "../output/progress.ts";
import { paint } from "../output/terminal.ts";
import { alignTable } from "../output/text-table.ts";
import type { Outcome } from "../program.ts";
import { withClient } from "../with-client.ts";

interface BuildFlags extends GlobalOptions {
  readonly tag: string;
  readonly recipe?: string;
  readonly buildArg: readonly string[];
}

/** `brigbox image build|ls|rm` */
export function addImageCommand(program: Command, context: CliContext, _outcome: Outcome): void {
  const image = program
    .command("image")
    .summary("build, list and remove the images that runs use")
    .description("Builds, lists and removes the images that runs use.");
  image
    .command("build")
    .description(
      "Builds the image from its Dockerfile; where no registry answers, on Debian or Ubuntu as root, from the distribution's packages.",
    )
    .option("--tag <name>", "name of the image", defaultImage)
    .option("--recipe <kind>", "dockerfile or debian (default: the first, then the second)")
    .option(
      "--build-arg <name=value>",
      "argument of the Dockerfile: BASE, NUMPY_VERSION, PANDAS_VERSION (repeatable)",
      append,
      [],
    )
    .action((_flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<BuildFlags>();
      return withClient(flags, (client) => build(client, flags, context));
    });
  image
    .command("ls")
    .description("Lists the images that Brigbox built.")
    .option("--json", "print them as a JSON array")
    .action((_flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<GlobalOptions & { readonly json?: boolean }>();
      return withClient(flags, (client) => list(client, flags.json === true, context));
    });
  image
    .command("rm")
    .description("Removes an image.")
    .argument("[name]", "its name", defaultImage)
    .action((name: string, _flags: unknown, command: Command) =>
      withClient(command.optsWithGlobals<GlobalOptions>(), (client) => remove(client, name, context)),
    );
}

async function build(
  client: EngineClient,
  flags: BuildFlags,
  { err, out, signal }: CliContext,
): Promise<void> {
  const progress = createProgress(err);
  const recipe = toRecipe(flags.recipe);
  const buildArgs = Object.fromEntries(flags.buildArg.map(toPair));
  const options = { tag: flags.tag, buildArgs, signal, ...(recipe !== null && { recipe }) };
  try {
    for await (const event of buildSandboxImage(client, options)) await progress.show(event);
  } finally {
    await progress.clear();
  }
  await out.write(`${paint(out, "good", "✔")} built ${flags.tag}\n`);
}

async function list(client: EngineClient, asJson: boolean, { out, signal }: CliContext): Promise<void> {
  const images = (await listImages(client, { filters: { label: [imageLabel] }, signal })).map((image) => {
    const labels = image.Labels ?? {};
    const version = (name: keyof typeof versionLabels): string => labels[versionLabels[name]] ?? "";
    return {
      names: image.RepoTags ?? [],
      id: image.Id,
      recipe: labels[imageLabel] ?? "",
      python: version("python"),
      numpy: version("numpy"),
      pandas: version("pandas"),
      bytes: image.Size,
      created: new Date(image.Created * 1000).toISOString(),
    };
  });
  if (asJson) return out.write(`${JSON.stringify(images)}\n`);
  if (images.length === 0) return out.write("no image yet; run brigbox image build\n");
  const rows = images.map((image) => [
    image.names.join(", ") || "(no name)",
    image.id.replace("sha256:", "").slice(0, 12),
    formatSize(image.bytes),
    image.recipe,
    image.python,
    image.pandas,
    image.created.slice(0, 16).replace("T", " "),
  ]);
  const table = alignTable(
    [["NAME", "ID", "SIZE", "RECIPE", "PYTHON", "PANDAS", "CREATED (UTC)"], ...rows],
    ["left", "left", "right", "left", "left", "left", "left"],
  );
  return out.write(`${table.join("\n")}\n`);
}

async function remove(client: EngineClient, name: string, { out, signal }: CliContext): Promise<void> {
  try {
    await removeImage(client, name, { signal });
  } catch (error) {
    if (isNotFound(error))
      throw new ConfigError(`there is no image ${name} on this Engine; brigbox image ls shows ours`);
    if (isConflict(error))
      throw new SandboxError(`the image ${name} is in use; wait until its runs are over (brigbox ps)`, {
        cause: error,
      });
    throw error;
  }
  await out.write(`removed ${name}\n`);
}

function toRecipe(text: string | undefined): ImageRecipe | null {
  if (text === undefined || text === "dockerfile" || text === "debian") return text ?? null;
  throw new ConfigError(`--recipe: "${text.slice(0, 40)}" is neither dockerfile nor debian`);
}

function toPair(text: string): [string, string] {
  const [, name, value] = /^([A-Z_]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new ConfigError("--build-arg: write it like PANDAS_VERSION=2.2.3");
  return [name, value];
}

function append(value: string, all: readonly string[]): readonly string[] {
  return [...all, value];
}
