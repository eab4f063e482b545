/**
 * Runs untrusted Python in locked-down containers, and gives back typed values, a verdict with its evidence, and nothing left behind.
 *
 * @module
 */

export { type Config, type ConfigSources, loadConfig } from "./config/load-config.ts";
export { type DiagnosticChannels, onDiagnostic } from "./diagnostics/channels.ts";
export type {
  ContainerBegun,
  ContainerCleaned,
  DiagnosticMessages,
  MonitorAlert,
  OrphansSwept,
  RunCleaned,
  RunEnded,
  RunFailed,
  RunMessage,
  RunPhase,
  RunPhaseBegan,
  RunStarted,
} from "./diagnostics/messages.ts";
export type { DirectOptions, Fallback } from "./direct/options.ts";
export {
  type AttackOptions,
  type AttackResult,
  attackJail,
  type RunInJail,
} from "./doctor/attack/attack-jail.ts";
export type {
  Check,
  CheckContext,
  CheckResult,
  CheckStatus,
  EngineInfo,
  Finding,
} from "./doctor/check.ts";
export { type ExamineOptions, examine } from "./doctor/examine.ts";
export { ConfigError, QueueFullError, SandboxError, type SandboxErrorDetails } from "./errors.ts";
export {
  createExecutor,
  type Executor,
  type ExecutorOptions,
  type ExecutorStats,
} from "./executor.ts";
export type { AuditEvent, DroppedArtifact, PythonException } from "./harness/protocol.ts";
export type { ImageBuildEvent } from "./image/build-event.ts";
export { buildSandboxImage, type SandboxImageOptions } from "./image/build-image.ts";
export { defaultImage, type ImageRecipe } from "./image/names.ts";
export { type InputKind, type InputOptions, parseInput } from "./inputs/parse-input.ts";
export { type ConfiguredLoop, loadLoop } from "./loop/configured-loop.ts";
export { JournalError, ProposalError } from "./loop/errors.ts";
export type { DoneReason, LoopEvent, LoopSummary } from "./loop/events.ts";
export type { Champion, FailedCandidate, LoopCounts } from "./loop/ledger.ts";
export { createLoop, type Loop } from "./loop/loop.ts";
export {
  DisqualifiedError,
  type Holdout,
  type LoopBudget,
  type LoopExecutor,
  type LoopOptions,
  type Score,
} from "./loop/options.ts";
export type { Failure, FailureStatus, Outcome } from "./loop/outcome.ts";
export type { Gene, Genes } from "./loop/propose/breed.ts";
export { type ChatOptions, createChatProposer } from "./loop/propose/chat.ts";
export { createFolderProposer } from "./loop/propose/folder.ts";
export { createGeneticProposer, type GeneticOptions } from "./loop/propose/genetic.ts";
export { interleaveCode } from "./loop/propose/interleave.ts";
export type { GeneValue } from "./loop/propose/template.ts";
export type { Proposal, Propose, ProposeContext, Proposer } from "./loop/proposer.ts";
export type { PriceColumns } from "./loop/score/price-table.ts";
export { createSignalScore, type Measure, type SignalScoreOptions } from "./loop/score/signal-score.ts";
export { valueScore } from "./loop/score/value-score.ts";
export type { ReadAlertsOptions } from "./monitor/alert-feed.ts";
export type { MonitoredChange } from "./monitor/live-containers.ts";
export { createMonitor, type Monitor, type MonitorEvents } from "./monitor/monitor.ts";
export type { MonitorOptions } from "./monitor/options.ts";
export type { MetricsSource } from "./monitor/server/routes.ts";
export {
  type MonitorServer,
  type ServeMonitorOptions,
  serveMonitor,
} from "./monitor/server/serve-monitor.ts";
export type { SnapshotStreamOptions } from "./monitor/server/snapshot-stream.ts";
export type {
  ActiveRun,
  EndedRun,
  MonitoredContainer,
  MonitoredEngine,
  MonitoredExecutor,
  MonitoredLatency,
  MonitoredOwner,
  MonitoredPool,
  MonitoredRuns,
  MonitoredSweep,
  MonitorSnapshot,
} from "./monitor/snapshot.ts";
export type { UsageSample } from "./monitor/usage-sample.ts";
export {
  type AuditMode,
  type DirectExecution,
  defaultPolicy,
  type NumericLimit,
  type Policy,
  type SeccompChoice,
  type ValidatorMode,
  type VerifyMode,
} from "./policy/policy.ts";
export { type RunLimits, resolvePolicy } from "./policy/resolve-policy.ts";
export type { PoolOptions } from "./pool/options.ts";
export type { PoolStats } from "./pool/pool.ts";
export { type ReapedContainer, type ReapOptions, type ReapReport, reap } from "./reaper/reap.ts";
export type { AdmissionOptions } from "./run/admission.ts";
export type { OutputPiece } from "./run/output-log.ts";
export type { JobOptions } from "./run/plan.ts";
export type { BatchJob, BatchOptions, BatchResult } from "./run/run-batch.ts";
export type { RunHandle, RunOptions } from "./run/run-handle.ts";
export type { CellOptions, SessionOptions } from "./session/options.ts";
export type { Session } from "./session/session.ts";
export { type RuleId, type ValidatorOptions, type Violation, validate } from "./validator/mod.ts";
export { ValueDecodingError, ValueEncodingError } from "./values/errors.ts";
export { type ColumnInput, createFrame } from "./values/frame.ts";
export { toJson } from "./values/json.ts";
export { jsonPieces } from "./values/json-pieces.ts";
export { ndarray } from "./values/ndarray.ts";
export type {
  Column,
  ColumnData,
  DataFrame,
  Elements,
  FrameJson,
  Index,
  JsonValue,
  NdArray,
  PyCollection,
  PyScalar,
  Series,
  SeriesJson,
  TaggedValue,
  Value,
} from "./values/types.ts";
export {
  type Artifact,
  type CleanupAttempt,
  type CleanupReport,
  type Evidence,
  type RunResult,
  type RunStatus,
  runStatuses,
  type SessionCell,
  type Timings,
  type Usage,
} from "./verdict.ts";
