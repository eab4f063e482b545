import { empty, json, jsonLines, type Routes } from "../../../engine-api/testing/mod.ts";

/** How an example of the documentation is run, and what it must print. */
export type Plan =
  | { readonly on: "own engine"; readonly prints: RegExp; readonly given?: string }
  | { readonly on: "stub"; readonly prints: RegExp; readonly routes: Routes }
  | { readonly on: "nothing"; readonly prints: RegExp };

const givenPrices =
  'import { createFrame } from "brigbox";\nconst prices = createFrame({ columns: { close: new Float64Array([1, 2, 3]) } });\n';

/** Each example by its name. On the Engine, `web` runs and talks, `db` has been made, and `debian:12` is the image of the sandboxes. */
export const plans: Readonly<Record<string, Plan>> = {
  "README.md: From TypeScript": {
    on: "own engine",
    given: givenPrices,
    prints: /\[ 3, 1 \][\s\S]*NaN[\s\S]*0\.5/,
  },
  "README.md: Answers in milliseconds": {
    on: "own engine",
    given: givenPrices,
    prints: /^warm \d+\.\d+ \{[\s\S]*hits: 1/,
  },
  "README.md: Answers in milliseconds 2": {
    on: "own engine",
    prints: /^result = 6 \* 7 ok 42\nresult = 1 \/ 0 error undefined\nimport os rejected undefined\n$/,
  },
  "README.md: Diagnostics": {
    on: "nothing",
    prints: /^\{\s+runId: '\w+',\s+status: 'rejected',\s+start: null,\s+ms: \d+\s+\}\n$/,
  },
  "README.md: Traces": { on: "own engine", prints: /^true ok\n$/ },
  "README.md: Without Docker": {
    on: "own engine",
    prints: /^none direct finished in .*; no container was around it\n$/,
  },
  "README.md: Sessions": { on: "own engine", given: givenPrices, prints: /^0\.35\d+\n$/ },
  "README.md: What it used": {
    on: "own engine",
    prints: /^(\d+ (null|[\d.]+) \d+\n)*6[789]\d{6} [78]\d{7} [\d.]+ [\d.]+\n$/,
  },
  "README.md: Metrics": {
    on: "own engine",
    prints:
      /^# HELP brigbox_[\s\S]*^brigbox_runs_total\{status="ok"\} 1\n[\s\S]*^brigbox_validator_rejections_total\{rule="R1"\} 1$/m,
  },
  "README.md: The monitor": { on: "own engine", prints: /^http:\/\/127\.0\.0\.1:9464\/ up 1 0$/m },
  "README.md: The loop": { on: "own engine", prints: /^[0-9]+ -?[0-9]+\n[\s\S]*5 25\n$/ },
  "README.md: The Engine API alone": {
    on: "own engine",
    prints: /by DOCKER_HOST[\s\S]*running[\s\S]*0 web[\s\S]*tick/,
  },
  "README.md: The Engine API alone 2": {
    on: "nothing",
    prints: /^web$/m,
  },
  "engine-api/README.md: Connect": {
    on: "own engine",
    prints: /^unix:\/\/.*, by DOCKER_HOST: .*\nEngine \d+\..*, spoken to in API 1\.\d+\n$/,
  },
  "engine-api/README.md: Elsewhere: TLS, ssh, contexts": {
    on: "nothing",
    prints:
      /^tcp:\/\/127\.0\.0\.1:2375, by explicit.*\nssh:\/\/me@build\.example\.com.*\nunix:\/\/\/run.*\n$/,
  },
  "engine-api/README.md: Any operation": {
    on: "own engine",
    prints: /^running\n\[[\s\S]*'sh -c echo started/,
  },
  "engine-api/README.md: List": { on: "own engine", prints: /^[0-9a-f]{12} \/web running$/m },
  "engine-api/README.md: Run one and collect its output": {
    on: "own engine",
    prints: /^\{ exitCode: 3, stdout: 'out\\n', stderr: 'err\\n' \}\n$/,
  },
  "engine-api/README.md: Attach, with stdin": {
    on: "own engine",
    prints: /^stdout apple\nstdout pear\nstdout quince\n$/,
  },
  "engine-api/README.md: Logs": {
    on: "own engine",
    prints: /^\d{4}-\d\d-\d\dT.*Z stdout tick \d+\n[\s\S]*\n[2-9]\d\n$/,
  },
  "engine-api/README.md: Commands in a container": { on: "own engine", prints: /^0 HELLO\none\ntwo\n0\n$/ },
  "engine-api/README.md: Files in and out": { on: "own engine", prints: /^hostname (\d+)\n\1\n$/ },
  "engine-api/README.md: What one uses": { on: "own engine", prints: /^\d+\n\d+\.\d %\n$/ },
  "engine-api/README.md: Wait": { on: "own engine", prints: /^4\n4\n4\n$/ },
  "engine-api/README.md: Events": { on: "own engine", prints: /^container \w+ \w+\n$/ },
  "engine-api/README.md: Pull": {
    on: "stub",
    routes: {
      "POST /images/create": jsonLines([
        { id: "a1", status: "Downloading", progressDetail: { current: 1, total: 2 } },
      ]),
    },
    prints: /^a1 Downloading 1 2\n$/,
  },
  "engine-api/README.md: Build": {
    on: "own engine",
    prints: /Step 4\/4 : COPY hello\.txt[\s\S]*\nsha256:[0-9a-f]{64}\n$/,
  },
  "engine-api/README.md: Tag and push": {
    on: "stub",
    routes: {
      "POST /images/{name}/tag": empty(201),
      "POST /images/{name}/push": jsonLines([{ status: "Pushed" }, { aux: { Digest: "sha256:abc" } }]),
    },
    prints: /^Pushed\nsha256:abc\n$/,
  },
  "engine-api/README.md: Save and load": { on: "own engine", prints: /^Loaded image: debian:12\n/ },
  "engine-api/README.md: List, inspect, remove, and the rest": {
    on: "own engine",
    prints: /'old:1'.*\d+\n\w+\n\d+\n$/s,
  },
  "engine-api/README.md: Registries": {
    on: "stub",
    routes: { "GET /distribution/{name}/json": json(200, { Descriptor: { digest: "sha256:abc" } }) },
    prints: /^sha256:abc\n$/,
  },
  "engine-api/README.md: Networks": { on: "own engine", prints: /^\d\n$/ },
  "engine-api/README.md: Volumes": { on: "own engine", prints: /^local 1\n$/ },
  "engine-api/README.md: Swarm": { on: "own engine", prints: /^SWMTKN-1-\nlinux manager\n$/ },
  "engine-api/README.md: Services, secrets and configs": {
    on: "own engine",
    given:
      'import { createClient as make } from "brigbox/engine-api";\nawait make().request("POST /swarm/init", { body: { ListenAddr: "127.0.0.1:23778", AdvertiseAddr: "127.0.0.1" } });\n',
    prints: /^hello\n\nhello\n[\s\S]*9\n[\s\S]*true\n$/,
  },
  "engine-api/README.md: Plugins": {
    on: "stub",
    routes: {
      "GET /plugins/privileges": json(200, [{ Name: "network", Value: ["host"] }]),
      "POST /plugins/pull": jsonLines([{ id: "a1", status: "Download complete" }]),
      "POST /plugins/{name}/enable": empty(200),
    },
    prints: /^a1 Download complete\n$/,
  },
  "engine-api/README.md: The disk": { on: "own engine", prints: /^\d+ \d+\n1 \d+\n$/ },
  "engine-api/README.md: Errors": {
    on: "own engine",
    prints: /^404 GET \/containers\/\{id\}\/json No such container: nobody\nthe name is taken\n$/,
  },
  "engine-api/README.md: Deadlines, cancellation, retries": {
    on: "own engine",
    prints: /^GET \/containers\/\{id\}\/logs was given up after 500 ms\ntrue\n$/,
  },
  "engine-api/README.md: Your own tests, without Docker": { on: "nothing", prints: /^passed\n$/ },
  "engine-api/README.md: With Mock Service Worker": { on: "nothing", prints: /^2\n$/ },
};
