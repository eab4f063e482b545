import { readdirSync, readFileSync } from "node:fs";

/** Where a machine gets its packages from, as far as a root file system needs it. */
export interface AptSource {
  readonly uri: string;
  readonly suites: readonly string[];
  readonly components: readonly string[];
}

/** Reads the one-line format, `deb [options] uri suite component...`. */
export function parseSourcesList(text: string): AptSource[] {
  return text.split("\n").flatMap((line) => {
    const [, uri, suite, components] = /^\s*deb\s+(?:\[[^\]]*\]\s*)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line) ?? [];
    if (uri === undefined || suite === undefined) return [];
    return [{ uri, suites: [suite], components: words(components ?? "") }];
  });
}

/** Reads the deb822 format: stanzas of `Key: value`, with continued lines. */
export function parseDeb822(text: string): AptSource[] {
  const withoutComments = text.replace(/^#.*\n?/gm, "");
  return withoutComments.split(/\n\s*\n/).flatMap((stanza) => {
    const field = (name: string): string[] => {
      const found = new RegExp(`^${name}:((?:.*)(?:\\n[ \\t].*)*)`, "im").exec(stanza);
      return words(found?.[1] ?? "");
    };
    const isOff = field("Enabled")[0]?.toLowerCase() === "no";
    if (isOff || !field("Types").includes("deb")) return [];
    return field("URIs").map((uri) => ({ uri, suites: field("Suites"), components: field("Components") }));
  });
}

/** The mirror that this machine itself uses for a suite; null where none is found, and the tool's own default has to do. */
export function findMirror(sources: readonly AptSource[], suite: string): string | null {
  const found = sources.find(
    ({ uri, suites, components }) =>
      /^https?:\/\/[^\s@]+$/.test(uri) && suites.includes(suite) && components.includes("main"),
  );
  return found?.uri ?? null;
}

/** The sources of this machine; files that cannot be read count as empty. */
export function readAptSources(root = "/etc/apt"): AptSource[] {
  const folder = `${root}/sources.list.d`;
  const files = [`${root}/sources.list`, ...listFolder(folder).map((name) => `${folder}/${name}`)];
  return files.flatMap((path) => {
    const text = readText(path);
    return path.endsWith(".sources")
      ? parseDeb822(text)
      : path.endsWith(".list")
        ? parseSourcesList(text)
        : [];
  });
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

function listFolder(path: string): string[] {
  try {
    return readdirSync(path).sort();
  } catch {
    return [];
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
