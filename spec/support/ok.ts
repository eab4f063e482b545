/** The gate, `npm run ok`: everything that must hold before a commit. Layers are held by a spec. */
import { runSteps } from "./steps.ts";

runSteps([
  { name: "format and lint", command: ["biome", "ci", "."] },
  { name: "types of the sources", command: ["tsc", "-p", "tsconfig.json", "--noEmit"] },
  { name: "types of the specs", command: ["tsc", "-p", "spec/tsconfig.json", "--noEmit"] },
  {
    name: "specs, live ones too, with coverage",
    command: ["c8", "tsx", "spec/support/run.ts", "--live=require"],
  },
  {
    name: "Deno",
    command: [
      "deno",
      "check",
      "engine-api/mod.ts",
      "engine-api/testing/mod.ts",
      "lib/mod.ts",
      "lib/validator/mod.ts",
      "lib/metrics/mod.ts",
      "lib/tracing/mod.ts",
    ],
  },
  {
    name: "what JSR would publish",
    command: ["deno", "publish", "--dry-run", "--allow-dirty", "--quiet"],
  },
  { name: "build", command: ["tsx", "spec/support/build.ts"] },
  { name: "package", command: ["tsx", "spec/support/check-package.ts"] },
]);
