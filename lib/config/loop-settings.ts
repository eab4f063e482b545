/** How the code of a loop comes about. */
export type ProposerConfig =
  | {
      readonly kind: "genetic";
      /** A Python file in which each parameter has a line `NAME = value` of its own. */
      readonly template: string;
      readonly genes: Readonly<
        Record<
          string,
          | { readonly from: number; readonly to: number }
          | { readonly choices: readonly (number | string | boolean)[] }
        >
      >;
      readonly seed: number;
      readonly population: number;
      readonly mutation: number;
    }
  | { readonly kind: "folder"; readonly folder: string }
  | {
      readonly kind: "chat";
      readonly model: string;
      readonly task: string;
      readonly temperature: number | null;
      readonly maxTokens: number | null;
      /** Milliseconds. */
      readonly timeout: number;
      readonly retries: number;
    };

/** How candidates of a loop are measured. */
export type ScoreConfig =
  /** For example `values.result.sharpe_ratio`. */
  | { readonly kind: "value"; readonly value: string }
  | {
      readonly kind: "signal";
      readonly measure: "sharpe" | "yearly-return" | "utility";
      readonly riskAversion: number;
      readonly signal: string;
      readonly prices: string;
      readonly columns: { readonly date: string; readonly symbol: string; readonly price: string };
      readonly from: string | null;
      readonly cost: number;
      readonly periodsPerYear: number;
    };

/** What candidates are not chosen by: the rows of the inputs after a day, or inputs of their own. */
export type HoldoutConfig =
  | { readonly after: string; readonly column: string }
  | { readonly inputs: Readonly<Record<string, string>>; readonly of: "best" | "all" };

/** The configuration of a loop, checked and with all defaults. Paths are as they were written; times are milliseconds, sizes bytes. */
export interface LoopConfig {
  readonly journal: string | null;
  readonly sandbox: "docker" | "direct";
  readonly concurrency: number;
  readonly budget: { readonly candidates: number; readonly time: number | null };
  /** Files by the name of the global that they become. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly returns: readonly string[];
  readonly holdout: HoldoutConfig | null;
  readonly score: ScoreConfig;
  readonly proposer: ProposerConfig;
  /** Code of a folder that is mixed in, at every so many proposals. */
  readonly intruders: { readonly folder: string; readonly every: number } | null;
  readonly limits: {
    readonly timeout?: number | undefined;
    readonly cpuTime?: number | undefined;
    readonly memory?: number | undefined;
    readonly cpus?: number | undefined;
  };
  readonly pool: { readonly size: number; readonly preload: readonly string[] } | null;
  readonly champions: number;
  readonly attempts: number;
}
