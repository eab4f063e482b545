/** What stands in a recording for what differs from one time, and one machine, to the next. */

/** The moment at which everything in a recording happens. */
export const normalTime = "2026-01-02T03:04:05.000000006Z";

/** The name of the machine. */
export const normalHost = "engine-host";

const normalSeconds = 1_767_323_045;

/** Numbers by their key. Zero and less than zero say something of their own, and stay. */
export const normalNumbers: Readonly<Record<string, number>> = {
  Created: normalSeconds,
  time: normalSeconds,
  timeNano: normalSeconds * 1e9,
  Pid: 1234,
  PID: 1234,
  version: 10,
  NCPU: 4,
  NanoCPUs: 4_000_000_000,
  MemTotal: 8_589_934_592,
  MemoryBytes: 8_589_934_592,
  NFd: 30,
  NGoroutines: 40,
  NEventsListener: 1,
  LayersSize: 100_000_000,
  Size: 1000,
  SizeRw: 1000,
  SizeRootFs: 100_000_000,
  VirtualSize: 1000,
  SharedSize: 1000,
  SpaceReclaimed: 1000,
  Index: 10,
};

/** Texts by their key, where a value is there. */
export const normalTexts: Readonly<Record<string, string>> = {
  KernelVersion: "6.1.0-1-amd64",
  OperatingSystem: "Debian GNU/Linux",
  OSVersion: "13",
  GoVersion: "go1.20",
  GitCommit: "abcdef0",
  BuildTime: normalTime,
  TrustRoot: "(a certificate)",
  CertIssuerSubject: "(a subject)",
  CertIssuerPublicKey: "(a key)",
  Platform: "linux/amd64",
  "Backing Filesystem": "extfs",
  "org.opencontainers.runtime-spec.features": "{}",
  "brigbox.image": "debian",
  "brigbox.numpy": "1.0.0",
  "brigbox.pandas": "1.0.0",
  "brigbox.python": "3.0.0",
};

/** Texts by how they look, wherever they are. */
export const normalPatterns: readonly (readonly [pattern: RegExp, text: string])[] = [
  [/(?!0001-01-01)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/g, normalTime],
  [/(?<![\d.])1[78]\d{8}(\.\d+)?(?!\d)/g, String(normalSeconds)],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "11111111-2222-3333-4444-555555555555"],
  [/(?:[A-Z2-7]{4}:){11}[A-Z2-7]{4}/g, "AAAA:BBBB:CCCC:DDDD:EEEE:FFFF:GGGG:HHHH:IIII:JJJJ:KKKK:LLLL"],
  [/\/l\/[A-Z2-7]{26}/g, "/l/AAAAAAAAAAAAAAAAAAAAAAAAAA"],
  [/SWMTKN-1-[0-9a-z]+-[0-9a-z]+/g, "SWMTKN-1-redacted"],
  [/SWMKEY-1-[\w+/]+/g, "SWMKEY-1-redacted"],
  [/\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b/g, "02:42:ac:11:00:02"],
  [/\b(?:Less than a second|\d+ seconds?)(?= ago|$)/g, "2 seconds"],
  [/(?<=:)\d{5}(?=->)/g, "40000"],
  // Which of them is asked for first is chance.
  [/(?<=\/blobs\/sha256:)[0-9a-f]{64}/g, "0".repeat(64)],
  [/(?<=docker-import-)\d+/g, "1"],
];

/** Ids by how they look, the longest first. */
export const idPattern: RegExp =
  /(?<![0-9a-f]{4}-)\b(?:[0-9a-f]{64}|[0-9a-f]{12}|(?=[a-z]*\d)[0-9a-z]{25})\b/g;

/** How many are kept of a list in an answer. */
export const longestList = 8;

/** Lists that are kept whole: what the call itself was. */
export const wholeLists: ReadonlySet<string> = new Set(["archive", "lines"]);
