import type { ContainerBegun } from "../diagnostics/messages.ts";
import { outcomes, strategies } from "./label-values.ts";
import type { Counting } from "./listen.ts";

/** Counts containers from their first moment to their removal, those of pools and sessions too. */
export function countContainers(
  { meter, listen }: Counting,
  isCounted: (message: ContainerBegun) => boolean,
): void {
  // By name, so that the end of one whose beginning was not heard does no harm.
  const active = new Set<string>();
  const begun = meter.counter({
    name: "brigbox_containers_begun_total",
    help: "Containers that this process set about making: for runs, for pools and for sessions.",
    labels: {},
  });
  const cleanups = meter.counter({
    name: "brigbox_container_cleanups_total",
    help: "Cleanups of containers, by the strategy that came last, and whether the Engine confirmed that the container is gone.",
    labels: { strategy: strategies, outcome: outcomes },
  });
  meter.gauge(
    {
      name: "brigbox_active_containers",
      help: "Containers of this process, from their first moment to the end of their cleanup.",
      labels: {},
    },
    () => [{ labels: {}, value: active.size }],
  );
  listen("brigbox:container:begin", (message) => {
    if (!isCounted(message)) return;
    active.add(message.containerName);
    begun.add({});
  });
  listen("brigbox:container:cleaned", (message) => {
    if (!isCounted(message)) return;
    active.delete(message.containerName);
    const { strategy, isConfirmed } = message.report;
    cleanups.add({ strategy, outcome: isConfirmed ? "gone" : "failed" });
  });
}
