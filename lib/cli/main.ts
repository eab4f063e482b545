#!/usr/bin/env node
import { createInterface } from "node:readline/promises";
import { warningCode } from "../direct/warn.ts";
import type { CliContext } from "./context.ts";
import { createOutput, paint } from "./output/terminal.ts";
import { runCli } from "./program.ts";

const interruptedTwice = 130;

const controller = new AbortController();

/** The first asks for an orderly end; with the second the containers' own supervisors clean up, since their stdin ends with us. */
function onInterrupt(): void {
  if (controller.signal.aborted) process.exit(interruptedTwice);
  controller.abort(new DOMException("interrupted", "AbortError"));
}
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, onInterrupt);

async function confirm(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await lines.question(`${question} [y/N] `, { signal: controller.signal });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}

const onBroken = (): void =>
  controller.abort(new DOMException("nobody reads the output any more", "AbortError"));
const context: CliContext = {
  out: createOutput(process.stdout, { env: process.env, onBroken }),
  err: createOutput(process.stderr, { env: process.env }),
  stdin: process.stdin,
  env: process.env,
  signal: controller.signal,
  confirm: process.stdin.isTTY && process.stderr.isTTY ? confirm : null,
};

/** Above all of runs without isolation. Node itself shows none where NODE_NO_WARNINGS is set, which is set for many reasons. */
process.removeAllListeners("warning");
process.on("warning", (warning: Error & { readonly code?: string; readonly detail?: string }) => {
  const { name, code, message, detail } = warning;
  const kind = code === warningCode ? "" : `${name}: `;
  const why = detail === undefined ? "" : ` (${detail})`;
  const fresh = context.err.isTerminal ? "\r\u001b[K" : "";
  void context.err.write(`${fresh}${paint(context.err, "warn", "!")} ${kind}${message}${why}\n`);
});
process.exitCode = await runCli(process.argv.slice(2), context);
