import { type Channel, channel, subscribe, unsubscribe } from "node:diagnostics_channel";
import type { EngineCall, engineCallChannel } from "../../engine-api/mod.ts";
import type { DiagnosticMessages } from "./messages.ts";

/** All channels, with those of the client. */
export type DiagnosticChannels = DiagnosticMessages & Readonly<Record<typeof engineCallChannel, EngineCall>>;

/**
 * Calls the listener for each message of a channel, of all executors and clients in this process. Listeners are called at once, in the
 * middle of the run: they should be quick. What one throws ends the process, as Node does it.
 *
 * @returns ends the subscription.
 * @example
 * const stop = onDiagnostic("brigbox:run:end", ({ runId, status }) => logger.info({ runId, status }));
 */
export function onDiagnostic<N extends keyof DiagnosticChannels>(
  name: N,
  listener: (message: DiagnosticChannels[N]) => void,
): () => void {
  const take = (message: unknown): void => listener(message as DiagnosticChannels[N]);
  subscribe(name, take);
  return () => void unsubscribe(name, take);
}

/** Whether somebody listens, so that a message is worth making. */
export function isHeard(name: keyof DiagnosticMessages): boolean {
  return channels[name].hasSubscribers;
}

/** Tells whoever listens. */
export function tell<N extends keyof DiagnosticMessages>(name: N, message: DiagnosticMessages[N]): void {
  channels[name].publish(message);
}

const channels: Readonly<Record<keyof DiagnosticMessages, Channel>> = {
  "brigbox:run:start": channel("brigbox:run:start"),
  "brigbox:run:phase": channel("brigbox:run:phase"),
  "brigbox:run:end": channel("brigbox:run:end"),
  "brigbox:run:error": channel("brigbox:run:error"),
  "brigbox:run:cleaned": channel("brigbox:run:cleaned"),
  "brigbox:container:begin": channel("brigbox:container:begin"),
  "brigbox:container:cleaned": channel("brigbox:container:cleaned"),
  "brigbox:monitor:sweep": channel("brigbox:monitor:sweep"),
  "brigbox:monitor:alert": channel("brigbox:monitor:alert"),
};
