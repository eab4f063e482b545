import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";

/** A listener whose queue is full and which never accepts, so that a connection to it stays in the making. */
export async function startDeafListener(): Promise<{ readonly number: number; stop(): void }> {
  const program = `require("node:net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, function () {
    require("node:fs").writeSync(1, String(this.address().port));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20000);
  });`;
  const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
  const [port] = (await once(child.stdout, "data")) as [Buffer];
  const number = Number(port.toString());
  const fillers = Array.from({ length: 4 }, () => connect(number, "127.0.0.1").on("error", () => undefined));
  await new Promise((resolve) => setTimeout(resolve, 100));
  return {
    number,
    stop: () => {
      for (const filler of fillers) filler.destroy();
      child.kill("SIGKILL");
    },
  };
}
