import type { ReapedContainer, ReapReport } from "../reaper/reap.ts";
import type { RaisedAlert } from "./alert-feed.ts";

/** What is worth an alert in what sweeps find. One that cannot be removed is told once, and not by each sweep. */
export function createSweepAlerts(raise: (alert: RaisedAlert) => void): (report: ReapReport) => void {
  let stuck: ReadonlySet<string> = new Set();
  return ({ containers }) => {
    const orphans = containers.filter(({ verdict }) => verdict === "orphan");
    const news = orphans.filter(({ name }) => !stuck.has(name));
    const failed = orphans.filter(({ outcome }) => outcome === "failed");
    const removed = news.filter(({ outcome }) => outcome === "removed").length;
    if (news.length > 0) raise({ type: "orphans", names: news.map(({ name }) => name), removed });
    for (const container of failed)
      if (!stuck.has(container.name))
        raise({ type: "cleanup-failed", containerName: container.name, message: reasonOf(container) });
    stuck = new Set(failed.map(({ name }) => name));
  };
}

function reasonOf({ cleanup }: ReapedContainer): string {
  return cleanup?.attempts.at(-1)?.message ?? "the Engine does not say why";
}
