import { createExecutor } from "../../../lib/mod.ts";
import type { Contestant } from "./contestant.ts";

/** Brigbox without a pool: container, supervisor, job, verdict, cleanup confirmed. */
export function createBrigboxCold(): Contestant {
  const executor = createExecutor();
  return {
    name: "brigbox, cold",
    async runOnce() {
      const { status, cleanup } = await executor.run("pass");
      if (status !== "ok" || cleanup?.isConfirmed !== true) throw new Error(`brigbox ended with ${status}`);
    },
    close: () => executor.close(),
  };
}
