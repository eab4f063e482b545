/** A host process that does one cold run, says its id before and `done` after it, and then waits to be killed. */
import { writeSync } from "node:fs";
import { createExecutor } from "../../../lib/executor.ts";

const programs: Readonly<Record<string, string>> = {
  short: "result = 1",
  busy: [
    "import os, time",
    "open('/tmp/out/a.txt', 'w').write('x' * 100000)",
    "until = time.monotonic() + 0.3",
    "while time.monotonic() < until: print('x' * 1000, flush=True); time.sleep(0.01)",
    "result = list(range(10000))",
  ].join("\n"),
};

const code = programs[process.argv[2] ?? ""];
if (code === undefined)
  throw new TypeError(`give one of ${Object.keys(programs).join(", ")} as the only argument`);
const executor = createExecutor();
const handle = executor.start(code);
// Written at once and not by way of a queue, which a kill would drop.
writeSync(1, `${handle.runId}\n`);
await handle.result;
await handle.cleaned;
writeSync(1, "done\n");
setInterval(() => undefined, 1000);
