import type { FoundContainer } from "./found-container.ts";
import type { HostView } from "./host-view.ts";
import type { HostFacts } from "./judge-orphan.ts";

/** What a container is judged by on this host, at this moment. @param clockSkewMs see {@link clockSkewOf} */
export function gatherFacts(
  { claim }: FoundContainer,
  host: HostView,
  clockSkewMs: number | null,
): HostFacts {
  const nowMs = host.now();
  return {
    nowMs,
    engineNowMs: clockSkewMs === null ? null : nowMs + clockSkewMs,
    bootedAtMs: host.bootedAtMs,
    host: host.host,
    scope: host.scope,
    ownerProcess: claim === null ? { kind: "hidden" } : host.lookUp(claim.owner.pid),
  };
}

/**
 * By how much the Engine's clock is ahead of this host's, milliseconds; null where it does not tell.
 *
 * @param systemTime what the Engine said that it is.
 * @param askedAtMs when it was asked, and `answeredAtMs` when its answer had come, by this host's clock.
 */
export function clockSkewOf(
  systemTime: string | null | undefined,
  askedAtMs: number,
  answeredAtMs: number,
): number | null {
  const skewMs = Date.parse(systemTime ?? "") - (askedAtMs + answeredAtMs) / 2;
  return Number.isFinite(skewMs) ? Math.round(skewMs) : null;
}
