import { Registry, type RegistryContentType } from "prom-client";
import { ConfigError } from "../errors.ts";
import { rejectUnknownKeys } from "../policy/resolve-policy.ts";
import { countCalls } from "./count-calls.ts";
import { countContainers } from "./count-containers.ts";
import { countRuns } from "./count-runs.ts";
import { countSweeps } from "./count-sweeps.ts";
import { gaugeExecutors, type ObservedExecutor } from "./gauge-executors.ts";
import { createListening } from "./listen.ts";
import { createMeter, type MetricsRegister } from "./meter.ts";

/** Options of {@link createMetrics}. */
export interface MetricsOptions {
  /** Where the metrics go, for example prom-client's own `register`; a new one unless given. */
  readonly register?: MetricsRegister;
  /**
   * Whose runs and containers are counted: those of `all` executors of this process, or of the `observed` ones alone. Calls to the Engine,
   * and what monitors tell, are always those of the whole process.
   *
   * @default "all"
   */
  readonly executors?: "all" | "observed";
}

/** Metrics for Prometheus. */
export interface Metrics {
  readonly register: MetricsRegister;
  /** The header `content-type` that goes with {@link text}. */
  readonly contentType: RegistryContentType;
  /** What Prometheus scrapes. */
  text(): Promise<string>;
  /**
   * Tells of an executor's queue, pool, sessions and leftovers too, which can only be asked of itself. Call what it returns once the
   * executor is closed.
   */
  observe(executor: ObservedExecutor): () => void;
  /** Counts no more, and takes its metrics out of the register. */
  close(): void;
  [Symbol.dispose](): void;
}

/**
 * Counts from now on what happens in this process. Labels only ever have values that are known beforehand, so the number of time series
 * does not grow with use. Needs the package `prom-client`.
 *
 * @throws ConfigError for options that cannot be used, and for a register that has such metrics already.
 * @example
 * const metrics = createMetrics();
 * metrics.observe(executor);
 * createServer(async (_, response) => {
 *   response.setHeader("content-type", metrics.contentType).end(await metrics.text());
 * }).listen(9464, "127.0.0.1");
 */
export function createMetrics(options: MetricsOptions = {}): Metrics {
  rejectUnknownKeys(options, ["register", "executors"], "metrics option");
  const { register = new Registry(), executors = "all" } = options;
  if (executors !== "all" && executors !== "observed")
    throw new ConfigError('metrics: executors must be "all" or "observed"');
  const meter = createMeter(register);
  const { listen, close: stopListening } = createListening(meter);
  const gauges = gaugeExecutors(meter);
  const isCounted = ({ executorId }: { readonly executorId: string }): boolean =>
    executors === "all" || gauges.isObserved(executorId);
  countRuns({ meter, listen }, isCounted);
  countContainers({ meter, listen }, isCounted);
  countCalls({ meter, listen });
  countSweeps({ meter, listen });

  function close(): void {
    stopListening();
    meter.close();
  }

  return {
    register,
    get contentType() {
      return register.contentType;
    },
    text: () => register.metrics(),
    observe: gauges.observe,
    close,
    [Symbol.dispose]: close,
  };
}
