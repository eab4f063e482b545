import type { Answer } from "../../engine-api/mod.ts";

/** What `GET /containers/{id}/json` tells. */
export type Inspected = Answer<"GET /containers/{id}/json">;

/** One check of section 5, "Container Runtime", of the CIS Docker Benchmark 1.6, which docker-bench-security carries out too. */
export interface CisCheck {
  readonly id: string;
  readonly title: string;
  /** True where a container must have it like this. */
  isMet(container: Inspected): boolean;
  /** Changes a container so that it fails this check: what shows that the check can fail. */
  spoil(container: Spoilable): unknown;
}

/** A container's answer that may be changed. */
export interface Spoilable {
  HostConfig: Record<string, unknown>;
  Config: Record<string, unknown>;
  NetworkSettings: Record<string, unknown>;
  Mounts: unknown[];
}

const sensitive = ["/", "/boot", "/dev", "/etc", "/lib", "/proc", "/sys", "/usr", "/var/run/docker.sock"];

type MountPoint = NonNullable<Inspected["Mounts"]>[number];

function mountsOf({ Mounts }: Inspected): readonly MountPoint[] {
  return Mounts ?? [];
}

function options(container: Inspected): readonly string[] {
  return container.HostConfig?.SecurityOpt ?? [];
}

/** A check of one key of HostConfig. */
function host(
  id: string,
  title: string,
  rule: { readonly key: string; readonly isGood: (value: unknown) => boolean; readonly bad: unknown },
): CisCheck {
  return {
    id,
    title,
    isMet: ({ HostConfig }) =>
      rule.isGood((HostConfig as Record<string, unknown> | null | undefined)?.[rule.key]),
    spoil: ({ HostConfig }) => Object.assign(HostConfig, { [rule.key]: rule.bad }),
  };
}

const isEmpty = (value: unknown): boolean =>
  value === null || value === undefined || (Array.isArray(value) && value.length === 0);
const isAbove0 = (value: unknown): boolean => typeof value === "number" && value > 0;
const isNotHost = (value: unknown): boolean => value !== "host";

/**
 * The checks that a container's own answer decides. Left out are those about the host's set-up or habits: AppArmor and SELinux (the
 * Engine's own, where the host has them), sshd within, `docker exec` as root, and the image's freshness.
 */
export const cisChecks: readonly CisCheck[] = [
  {
    id: "5.3",
    title: "capabilities are dropped",
    isMet: ({ HostConfig }) => (HostConfig?.CapDrop ?? []).includes("ALL") && isEmpty(HostConfig?.CapAdd),
    spoil: ({ HostConfig }) => Object.assign(HostConfig, { CapAdd: ["SYS_ADMIN"] }),
  },
  host("5.4", "it is not privileged", { key: "Privileged", isGood: (value) => value === false, bad: true }),
  {
    id: "5.5",
    title: "no sensitive folder of the host is mounted",
    isMet: (container) => mountsOf(container).every(({ Source }) => !sensitive.includes(Source ?? "")),
    spoil: ({ Mounts }) => Mounts.push({ Type: "bind", Source: "/etc" }),
  },
  {
    id: "5.7",
    title: "no privileged port is mapped",
    isMet: ({ NetworkSettings }) => Object.keys(NetworkSettings?.Ports ?? {}).length === 0,
    spoil: ({ NetworkSettings }) =>
      Object.assign(NetworkSettings, { Ports: { "22/tcp": [{ HostPort: "22" }] } }),
  },
  {
    id: "5.8",
    title: "no port is published",
    isMet: ({ HostConfig }) =>
      HostConfig?.PublishAllPorts !== true && Object.keys(HostConfig?.PortBindings ?? {}).length === 0,
    spoil: ({ HostConfig }) => Object.assign(HostConfig, { PublishAllPorts: true }),
  },
  host("5.9", "the host's network is not shared", { key: "NetworkMode", isGood: isNotHost, bad: "host" }),
  host("5.10", "memory is limited", { key: "Memory", isGood: isAbove0, bad: 0 }),
  host("5.11", "the processor is limited", { key: "NanoCpus", isGood: isAbove0, bad: 0 }),
  host("5.12", "the root file system is read-only", {
    key: "ReadonlyRootfs",
    isGood: (value) => value === true,
    bad: false,
  }),
  host("5.14", "it is not started again without end", {
    key: "RestartPolicy",
    isGood: (value) => (value as { Name?: string } | undefined)?.Name === "no",
    bad: { Name: "always" },
  }),
  host("5.15", "the host's processes are not shared", { key: "PidMode", isGood: isNotHost, bad: "host" }),
  host("5.16", "the host's IPC is not shared", {
    key: "IpcMode",
    isGood: (value) => value === "none" || value === "private",
    bad: "host",
  }),
  host("5.17", "no device of the host is there", {
    key: "Devices",
    isGood: isEmpty,
    bad: [{ PathOnHost: "/dev/sda" }],
  }),
  host("5.18", "open files are limited", {
    key: "Ulimits",
    isGood: (value) =>
      Array.isArray(value) && value.some(({ Name, Hard }) => Name === "nofile" && Hard <= 65_536),
    bad: [],
  }),
  {
    id: "5.19",
    title: "no mount is shared with the host",
    isMet: (container) => mountsOf(container).every(({ Propagation }) => Propagation !== "shared"),
    spoil: ({ Mounts }) => Mounts.push({ Propagation: "shared" }),
  },
  host("5.20", "the host's name space of names is not shared", {
    key: "UTSMode",
    isGood: isNotHost,
    bad: "host",
  }),
  {
    id: "5.21",
    title: "seccomp is not disabled",
    isMet: (container) => !options(container).some((option) => option.includes("unconfined")),
    spoil: ({ HostConfig }) =>
      Object.assign(HostConfig, { SecurityOpt: ["no-new-privileges:true", "seccomp=unconfined"] }),
  },
  host("5.24", "it is in a cgroup of the Engine's choice", {
    key: "CgroupParent",
    isGood: (value) => !value,
    bad: "/system.slice",
  }),
  {
    id: "5.25",
    title: "it cannot gain privileges",
    isMet: (container) => options(container).some((option) => /^no-new-privileges(:true)?$/.test(option)),
    spoil: ({ HostConfig }) => Object.assign(HostConfig, { SecurityOpt: [] }),
  },
  host("5.28", "processes are limited", { key: "PidsLimit", isGood: isAbove0, bad: -1 }),
  host("5.29", "it is not on the default bridge", {
    key: "NetworkMode",
    isGood: (value) => value === "none",
    bad: "bridge",
  }),
  host("5.30", "the host's users are not shared where they are mapped", {
    key: "UsernsMode",
    isGood: isNotHost,
    bad: "host",
  }),
  {
    id: "5.31",
    title: "the Engine's socket is not mounted",
    isMet: (container) =>
      mountsOf(container).every(({ Source }) => !/docker\.sock|containerd\.sock/.test(Source ?? "")),
    spoil: ({ Mounts }) => Mounts.push({ Type: "bind", Source: "/run/docker.sock" }),
  },
  {
    id: "4.1",
    title: "it does not run as root",
    isMet: ({ Config }) => /^[1-9]\d*(:[1-9]\d*)?$/.test(Config?.User ?? ""),
    spoil: ({ Config }) => Object.assign(Config, { User: "" }),
  },
];
