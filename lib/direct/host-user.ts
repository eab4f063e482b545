import { ConfigError } from "../errors.ts";
import type { Policy } from "../policy/policy.ts";

/** A user of this machine by its numbers. */
export interface HostUser {
  readonly uid: number;
  readonly gid: number;
}

/** What direct execution must know of this process. */
export interface OwnProcess {
  readonly platform: NodeJS.Platform;
  /** Null where the system has no such numbers. */
  readonly uid: number | null;
}

/** This process. */
export function ownProcess(): OwnProcess {
  return { platform: process.platform, uid: process.getuid?.() ?? null };
}

/**
 * Whom code runs as: where this process is root, the policy's user, since root could do anything to the machine; else null, which stands
 * for whoever runs this process.
 *
 * @throws ConfigError on Windows, which has no process groups and no rlimits.
 */
export function chooseUser({ user }: Policy, { platform, uid }: OwnProcess = ownProcess()): HostUser | null {
  if (platform === "win32")
    throw new ConfigError("direct execution is not there on Windows; use Docker, or Brigbox inside of WSL");
  if (uid !== 0) return null;
  const [asked = 0, group = 0] = user.split(":").map(Number);
  return { uid: asked, gid: group };
}

/** The user in words, for messages. */
export function describeUser(user: HostUser | null): string {
  return user === null ? "as the user of this process" : `as user ${user.uid}, since this process is root`;
}
