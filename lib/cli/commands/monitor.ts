import type { Command } from "commander";
import { formatDuration, parseDuration } from "../../config/units.ts";
import type { MonitorAlert } from "../../diagnostics/messages.ts";
import { defaultPort } from "../../monitor/server/default-port.ts";
import type { CliContext, GlobalOptions } from "../context.ts";
import { openMonitor, parsePort } from "../monitor/open-monitor.ts";
import { alertLine } from "../output/alert-line.ts";
import type { Outcome } from "../program.ts";
import { withClient } from "../with-client.ts";

interface MonitorFlags extends GlobalOptions {
  readonly port: string;
  readonly bind: string;
  readonly reapEvery: string;
  readonly json?: boolean;
}

const help = `
Served: / the live page, /metrics for Prometheus, /healthz (this process lives),
/readyz (the Engine answers), /snapshot.json, /events (server-sent events).

It sees the sandboxes of all processes on the Engine, and verdicts of none: those
are known to the process that runs them. \`brigbox batch --monitor\` and
\`brigbox loop --monitor\` serve the same page with them.

Example:
  brigbox monitor --reap-every 30s`;

/** `brigbox monitor` */
export function addMonitorCommand(program: Command, context: CliContext, _outcome: Outcome): void {
  program
    .command("monitor")
    .summary("watch the sandboxes of an Engine, and remove orphans")
    .description(
      "Watches the sandboxes of all processes on this Engine, serves a live page of them, and removes what dead processes left behind, until it is interrupted.",
    )
    .option("--port <port>", "where the page is served", String(defaultPort))
    .option("--bind <address>", "the address to listen on; there is no password", "127.0.0.1")
    .option("--reap-every <duration>", "how often orphans are removed: 60s, 5m, or never", "60s")
    .option("--json", "print alerts as JSON, one a line, and nothing else on standard output")
    .addHelpText("after", help)
    .action(async (_flags: unknown, command: Command) => {
      await runMonitor(command.optsWithGlobals<MonitorFlags>(), context);
    });
}

async function runMonitor(flags: MonitorFlags, context: CliContext): Promise<void> {
  const port = parsePort(flags.port, "--port");
  const reapEveryMs = flags.reapEvery === "never" ? 0 : parseDuration(flags.reapEvery, "--reap-every");
  const { out, err, signal } = context;
  const onAlert = (alert: MonitorAlert): void =>
    void out.write(`${flags.json === true ? JSON.stringify(alert) : alertLine(alert, out)}\n`);
  await withClient(flags, async (client) => {
    await using monitor = await openMonitor(
      client,
      { executors: [], port, host: flags.bind, reapEveryMs, onAlert },
      context,
    );
    const reaping = reapEveryMs === 0 ? "orphans stay" : `orphans go every ${formatDuration(reapEveryMs)}`;
    await (flags.json === true ? err : out).write(`monitor: ${monitor.url} (${reaping}; Ctrl-C ends it)\n`);
    await untilAborted(signal);
  });
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
