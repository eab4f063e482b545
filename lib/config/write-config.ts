import { stringify } from "yaml";
import { noLimit } from "./check-setting.ts";
import { fields } from "./fields.ts";
import type { Config } from "./load-config.ts";
import { type ConfigValue, writeValue } from "./parse-value.ts";

/** A configuration's values by path, in the order in which they are documented. */
export function configValues(config: Config): readonly (readonly [path: string, value: ConfigValue])[] {
  const { endpoint, image, verify, fallback, policy, pool, admission } = config;
  const values: Readonly<Record<string, ConfigValue>> = {
    endpoint,
    image,
    verify,
    fallback,
    ...policy,
    ...pool,
    ...admission,
  };
  return fields.map(({ path, key, kind }) => {
    const value = values[key] ?? null;
    return [path, value === noLimit ? null : writeValue(kind, value)];
  });
}

/**
 * A configuration as the text of a file that gives the same configuration again, with the place of each value in a comment.
 */
export function writeConfig(config: Config): string {
  const origins = new Map(config.settings.map(({ field, origin }) => [field.path, origin]));
  const lines: string[] = [];
  let open: readonly string[] = [];
  for (const [path, value] of configValues(config)) {
    const folders = path.split(".").slice(0, -1);
    for (const [depth, folder] of folders.entries())
      if (open.slice(0, depth + 1).join(".") !== folders.slice(0, depth + 1).join("."))
        lines.push(`${"  ".repeat(depth)}${folder}:`);
    open = folders;
    const name = path.slice(path.lastIndexOf(".") + 1);
    lines.push(
      `${"  ".repeat(folders.length)}${name}: ${inYaml(value)} # ${origins.get(path) ?? "built in"}`,
    );
  }
  return `${lines.join("\n")}\n`;
}

function inYaml(value: ConfigValue): string {
  // Variables have been put in already, and what they held must not be read as variables again.
  const quoted = typeof value === "string" ? value.split("${").join("$${") : value;
  return stringify(quoted, { collectionStyle: "flow", lineWidth: 0 }).trimEnd();
}
