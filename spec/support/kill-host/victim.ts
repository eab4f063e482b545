/** A host process that says who it is as an owner, does one cold run, fills a pool and has it do some, or runs cells of a session, says `done`, and then waits to be killed. */
import { writeSync } from "node:fs";
import { createExecutor } from "../../../lib/executor.ts";
import { currentOwner, formatOwner } from "../../../lib/ownership.ts";

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

const name = process.argv[2] ?? "";
const isPooled = name === "pooled";
const isSession = name === "session";
const code = programs[isPooled ? "short" : isSession ? "busy" : name];
if (code === undefined)
  throw new TypeError(
    `give one of ${Object.keys(programs).join(", ")}, pooled, session as the only argument`,
  );
const executor = createExecutor({
  policy: { validator: "off" },
  ...(isPooled && { pool: { size: 2, preload: ["pandas"] } }),
});
// Written at once and not by way of a queue, which a kill would drop.
writeSync(1, `${formatOwner(currentOwner())}\n`);
if (isPooled) await executor.warmUp();
if (isSession) {
  const session = await executor.session();
  for (let cell = 0; cell < 3; cell++) await session.run(code);
}
for (let times = isPooled ? 3 : isSession ? 0 : 1; times > 0; times--) await executor.run(code);
writeSync(1, "done\n");
setInterval(() => undefined, 1000);
