import { type Document, LineCounter, type ParsedNode, parseDocument } from "yaml";
import { ConfigError } from "../errors.ts";

/** A YAML document whose parts know their lines. */
export interface LocatedYaml {
  readonly document: Document.Parsed<ParsedNode>;
  /** For people, for example `brigbox.yaml:12`. */
  place(offset: number): string;
}

/**
 * Reads YAML 1.2.
 *
 * @param fileName what messages call it.
 * @throws ConfigError that names file and line for what is no YAML.
 */
export function parseYaml(text: string, fileName: string): LocatedYaml {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: true,
    strict: true,
    prettyErrors: false,
    schema: "core",
    version: "1.2",
  });
  const place = (offset: number): string => `${fileName}:${lines.linePos(offset).line}`;
  const fault = [...document.errors, ...document.warnings][0];
  if (fault !== undefined)
    throw new ConfigError(
      `${place(fault.pos[0])}: this is not YAML as it should be: ${firstLine(fault.message)}`,
    );
  return { document: document as Document.Parsed<ParsedNode>, place };
}

function firstLine(text: string): string {
  return text.split("\n")[0]?.slice(0, 200) ?? "";
}
