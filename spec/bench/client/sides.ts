import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rivalVersions } from "../rivals.ts";
import { type Side, type SideProgram, startSide } from "./side.ts";

/** The names of the sides that run in JavaScript. */
export const ourSide = "brigbox/engine-api";
export const dockerodeSide = `dockerode ${rivalVersions.dockerode}`;
export const rawSide = "a raw socket";

/** dpkg's own placeholder. */
const versionFormat = "$" + "{Version}";

/** Where Debian's packages of Go libraries put them. */
const debianGo = "/usr/share/gocode";

/**
 * Starts every side that this machine can: those of npm always; docker-py and the Go client where Debian's python3-docker, or golang-go and
 * golang-github-docker-docker-dev, are installed. Says on stderr which are left out.
 */
export async function startSides(): Promise<readonly Side[]> {
  const programs = [
    scriptSide(ourSide, "engine-api.ts"),
    scriptSide(dockerodeSide, "dockerode.ts"),
    scriptSide(`@docker/node-sdk ${rivalVersions["@docker/node-sdk"]}`, "node-sdk.ts"),
    findDockerPy(),
    buildGoSide(),
    scriptSide(rawSide, "raw-socket.ts"),
  ];
  const sides: Side[] = [];
  for (const program of programs) if (program !== null) sides.push(await startSide(program));
  return sides;
}

function sidePath(file: string): string {
  return fileURLToPath(new URL(`sides/${file}`, import.meta.url));
}

function scriptSide(name: string, file: string): SideProgram {
  return { name, command: [process.execPath, "--import", "tsx", sidePath(file)] };
}

function findDockerPy(): SideProgram | null {
  const asked = spawnSync("python3", ["-c", "import docker; print(docker.__version__)"], {
    encoding: "utf8",
  });
  if (asked.status !== 0) return leaveOut("docker-py", "Debian's python3-docker is not installed");
  return { name: `docker-py ${asked.stdout.trim()}`, command: ["python3", sidePath("docker_py.py")] };
}

function buildGoSide(): SideProgram | null {
  if (!existsSync(join(debianGo, "src/github.com/docker/docker/client")))
    return leaveOut("the Go client", "Debian's golang-github-docker-docker-dev is not installed");
  const folder = join(tmpdir(), "brigbox-bench-go");
  mkdirSync(folder, { recursive: true });
  const program = join(folder, "side");
  const env = { ...process.env, GO111MODULE: "off", GOPATH: debianGo, GOCACHE: join(folder, "cache") };
  const { status } = spawnSync("go", ["build", "-o", program, sidePath("go/main.go")], {
    env,
    stdio: "inherit",
  });
  if (status !== 0) return leaveOut("the Go client", "it did not compile: is golang-go installed?");
  return { name: `Go client ${debianVersion("golang-github-docker-docker-dev")}`, command: [program] };
}

/** The upstream part of a Debian package's version. */
function debianVersion(name: string): string {
  const { stdout } = spawnSync("dpkg-query", ["-W", "--showformat", versionFormat, name], {
    encoding: "utf8",
  });
  return stdout.split(/[+-]/)[0] ?? "";
}

function leaveOut(name: string, why: string): null {
  console.error(`left out: ${name}, ${why}`);
  return null;
}
