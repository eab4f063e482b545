/**
 * The benchmark, `npm run bench [-- --rounds 30] [--only cold,validator]`: each section compares its contestants in turns in one run.
 * Writes `spec/bench/report.md`, `report.json` and the pictures in `charts/`; sections that were left out stay as they were.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createClient, engineInfo } from "../../engine-api/mod.ts";
import { call } from "../support/steps.ts";
import { drawCharts } from "./charts/charts.ts";
import { calls } from "./client/calls.ts";
import { follow } from "./client/follow.ts";
import { footprint } from "./client/footprint.ts";
import { streams } from "./client/streams.ts";
import { cold } from "./cold/cold.ts";
import { memory } from "./memory/memory.ts";
import { type Section, type SectionReport, toMarkdown } from "./section.ts";
import { throughput } from "./throughput/throughput.ts";
import { validator } from "./validator/validator.ts";
import { values as largeValues } from "./values/values.ts";
import { warm } from "./warm/warm.ts";

const sections: readonly Section[] = [
  cold,
  warm,
  throughput,
  largeValues,
  memory,
  validator,
  calls,
  streams,
  follow,
  footprint,
];
const jsonFile = new URL("report.json", import.meta.url);
const markdownFile = new URL("report.md", import.meta.url);

interface MeasuredSection extends SectionReport {
  readonly machine: string;
}

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "30" }, only: { type: "string" } },
});
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) throw new TypeError("--rounds must be a whole number above 0");
const asked = values.only?.split(",") ?? sections.map(({ name }) => name);
for (const name of asked)
  if (!sections.some((section) => section.name === name))
    throw new TypeError(`--only: "${name}" is none of ${sections.map((section) => section.name).join(", ")}`);

// What users run is what is measured.
call(["tsx", "spec/support/build.ts"]);
const machine = await describeMachine();
const measured: Record<string, MeasuredSection> = existsSync(jsonFile)
  ? JSON.parse(readFileSync(jsonFile, "utf8"))
  : {};
for (const section of sections) {
  if (!asked.includes(section.name)) continue;
  const report = await section.measure({ rounds });
  measured[section.name] = { machine, ...report };
  console.log(toMarkdown(report));
}
const kept = sections.flatMap(({ name }) =>
  Object.hasOwn(measured, name) ? [[name, measured[name]] as const] : [],
);
writeFileSync(jsonFile, `${JSON.stringify(Object.fromEntries(kept), null, 2)}\n`);
call(["biome", "format", "--write", fileURLToPath(jsonFile)]);
for (const [file, picture] of drawCharts(measured))
  writeFileSync(new URL(`charts/${file}`, import.meta.url), picture);
writeFileSync(markdownFile, writeReport(kept.flatMap(([, section]) => section ?? [])));

function writeReport(reports: readonly MeasuredSection[]): string {
  const parts = reports.map((report) =>
    toMarkdown({ ...report, intro: `${report.intro} ${report.machine}.` }),
  );
  return ["# The benchmark\n", ...parts].join("\n");
}

async function describeMachine(): Promise<string> {
  await using client = createClient();
  const { ServerVersion, CgroupVersion, KernelVersion } = await engineInfo(client);
  return `Engine ${ServerVersion ?? "?"}, cgroup v${CgroupVersion ?? "?"}, Linux ${KernelVersion ?? "?"}, ${cpus().length} CPUs, Node ${process.versions.node}`;
}
