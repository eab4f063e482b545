import { readFileSync } from "node:fs";

/** The distribution of the machine that this process runs on. */
export interface Distribution {
  /** For example `debian` or `ubuntu`; `unknown` where there is no /etc/os-release. */
  readonly id: string;
  /** The release's code name, for example `bookworm`; null where it has none. */
  readonly codename: string | null;
  /** For people, for example `Debian GNU/Linux 12 (bookworm)`. */
  readonly name: string;
}

/** Reads a file in the format of os-release(5). */
export function parseOsRelease(text: string): Distribution {
  const fields = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [, key, value] = /^([A-Z_]+)=(.*)$/.exec(line.trim()) ?? [];
    if (key !== undefined && value !== undefined) fields.set(key, value.replace(/^(["'])(.*)\1$/, "$2"));
  }
  const id = fields.get("ID") ?? "unknown";
  return { id, codename: fields.get("VERSION_CODENAME") || null, name: fields.get("PRETTY_NAME") ?? id };
}

/** The distribution of this machine. */
export function readDistribution(): Distribution {
  for (const path of ["/etc/os-release", "/usr/lib/os-release"]) {
    try {
      return parseOsRelease(readFileSync(path, "utf8"));
    } catch {
      // The other place is tried next.
    }
  }
  return { id: "unknown", codename: null, name: process.platform };
}

/** True where packages come by apt and a root file system by debootstrap. */
export function isDebianLike({ id }: Distribution): boolean {
  return id === "debian" || id === "ubuntu";
}
