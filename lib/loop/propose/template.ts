import { ConfigError } from "../../errors.ts";

/** What a parameter can be. */
export type GeneValue = number | string | boolean;

/** A template's text with its parameters put in. */
export type FillTemplate = (values: Readonly<Record<string, GeneValue>>) => string;

/**
 * Python with parameters: each is a line `NAME = value` of its own, which is replaced. So the template itself runs as it is.
 *
 * @throws ConfigError where a name is none, or has not exactly one such line.
 */
export function createTemplate(text: string, names: readonly string[]): FillTemplate {
  const lines = text.split("\n");
  const places = names.map((name) => {
    if (!/^[A-Za-z_]\w*$/.test(name))
      throw new ConfigError(`"${name.slice(0, 60)}" is no name of a parameter`);
    const found = lines.flatMap((line, place) =>
      new RegExp(`^${name}\\s*=(?!=)`).test(line) ? [place] : [],
    );
    const [place] = found;
    if (place === undefined || found.length > 1)
      throw new ConfigError(
        `the template must have one line that begins with "${name} =", and has ${found.length}`,
      );
    return [name, place] as const;
  });
  return (values) => {
    const filled = [...lines];
    for (const [name, place] of places) filled[place] = `${name} = ${toPython(values[name] ?? 0)}`;
    return filled.join("\n");
  };
}

function toPython(value: GeneValue): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  // JSON's escapes are all Python's too.
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
