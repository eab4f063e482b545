import { connect, type Socket } from "node:net";
import { serve, type TakeBytes } from "./serve.ts";

/** No client at all: requests as text, answers as bytes, neither HTTP's chunks nor the Engine's frames taken apart. What it reaches is the Engine's own rate. */
const kept = open();
let answered: (() => void) | undefined;
kept.on("data", (piece: Buffer) => {
  // An answer's end as far as it must be known here: a ping, a list, and a list in chunks.
  if (/(OK|\]\n|\n0\r\n\r\n)$/.test(piece.toString("latin1"))) answered?.();
});

await serve({
  ping: () => ask("GET /_ping"),
  list: () => ask("GET /v1.41/containers/json?all=true"),
  async attach(id, take) {
    const path = `/v1.41/containers/${id}/attach?stream=true&stdin=false&stdout=true&stderr=true`;
    const socket = await send(`POST ${path}`, "Connection: Upgrade\r\nUpgrade: tcp\r\n");
    const output = readOn(socket, take);
    const start = await send(
      `POST /v1.41/containers/${id}/start`,
      "Content-Length: 0\r\nConnection: close\r\n",
    );
    await readOn(start, () => undefined);
    await output;
  },
  async logs(id, follow, take) {
    const path = `/v1.41/containers/${id}/logs?follow=${follow}&stdout=true&stderr=true&timestamps=false`;
    await readOn(await send(`GET ${path}`, "Connection: close\r\n"), take);
  },
});

function open(): Socket {
  const socket = connect("/var/run/docker.sock");
  socket.on("error", () => undefined);
  return socket;
}

function ask(line: string): Promise<void> {
  return new Promise((resolve) => {
    answered = resolve;
    kept.write(`${line} HTTP/1.1\r\nHost: docker\r\n\r\n`);
  });
}

/** Resolves at the first bytes of the answer, its head, which come alone or are too few to matter. */
async function send(line: string, headers: string): Promise<Socket> {
  const socket = open();
  socket.write(`${line} HTTP/1.1\r\nHost: docker\r\n${headers}\r\n`);
  await new Promise((resolve) => socket.once("readable", resolve));
  return socket;
}

function readOn(socket: Socket, take: TakeBytes): Promise<void> {
  socket.on("data", take);
  return new Promise((resolve) => void socket.once("end", () => resolve()).once("close", () => resolve()));
}
