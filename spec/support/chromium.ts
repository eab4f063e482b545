/** Debian's Chromium without a window, driven by its DevTools protocol through a pipe. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";

const program = "chromium";

/** Why no browser can be started here; null where one can. */
export function browserObstacle(): string | null {
  return spawnSync("sh", ["-c", `command -v ${program}`]).status === 0
    ? null
    : `the page is tried in ${program}; on Debian: apt-get install --no-install-recommends ${program}`;
}

/** A page that is open in a browser. */
export interface BrowserPage {
  /** What an expression gives in the page, as JSON. */
  evaluate(expression: string): Promise<unknown>;
  /** Errors, warnings and breaches of the page's own policy, so far. */
  readonly complaints: readonly string[];
  /** As PNG, as high as the page is. */
  screenshot(): Promise<Buffer>;
}

/** How a page is looked at. */
export interface BrowserOptions {
  /** @default 1100 */
  readonly width?: number;
  /** @default "light" */
  readonly colours?: "light" | "dark";
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

type Send = (method: string, params?: object) => Promise<Record<string, unknown>>;

/** Opens a page for as long as the body lasts. */
export async function withPage(
  url: string,
  body: (page: BrowserPage) => Promise<void>,
  { width = 1100, colours = "light" }: BrowserOptions = {},
): Promise<void> {
  const profile = mkdtempSync(join(tmpdir(), "chromium-"));
  const child = start(profile);
  const ended = once(child, "exit");
  const complaints: string[] = [];
  const { send, attach } = talkTo(child, (message) => complaints.push(...complaintsOf(message)));
  try {
    const { targetId } = await send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
    const ask = attach(String(sessionId));
    for (const domain of ["Page", "Runtime", "Log"]) await ask(`${domain}.enable`);
    await ask("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: colours }] });
    await setSize(ask, width, 800);
    await ask("Page.navigate", { url });
    await body({
      complaints,
      evaluate: (expression) => evaluate(ask, expression),
      screenshot: () => takePicture(ask, width),
    });
  } finally {
    // Its many processes end in order; one that was killed would leave them writing.
    void send("Browser.close");
    const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
    await ended;
    clearTimeout(timer);
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

function start(profile: string): ChildProcess {
  const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"];
  const args = [...flags, "--remote-debugging-pipe", `--user-data-dir=${profile}`];
  return spawn(program, args, { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
}

/** Commands go in by descriptor 3 and answers come by 4, each a JSON text with a zero behind it. */
function talkTo(
  child: ChildProcess,
  onEvent: (message: Message) => void,
): { readonly send: Send; attach(sessionId: string): Send } {
  const [, , , input, output] = child.stdio as unknown as [null, null, null, Writable, Readable];
  const waiting = new Map<number, (message: Message) => void>();
  let [rest, count] = ["", 0];
  input.on("error", () => undefined);
  output.setEncoding("utf8").on("data", (piece: string) => {
    const texts = (rest + piece).split("\0");
    rest = texts.pop() ?? "";
    for (const text of texts) {
      const message = JSON.parse(text) as Message;
      if (message.id === undefined) onEvent(message);
      else waiting.get(message.id)?.(message);
    }
  });
  const sendTo =
    (session: { readonly sessionId?: string }): Send =>
    (method, params = {}) =>
      new Promise((resolve, reject) => {
        const id = ++count;
        waiting.set(id, ({ result = {}, error }) => {
          waiting.delete(id);
          if (error === undefined) resolve(result);
          else reject(new Error(`${method}: ${error.message}`));
        });
        input.write(`${JSON.stringify({ id, method, params, ...session })}\0`);
      });
  return { send: sendTo({}), attach: (sessionId) => sendTo({ sessionId }) };
}

function complaintsOf({ method, params = {} }: Message): readonly string[] {
  const {
    type,
    entry = {},
    exceptionDetails,
  } = params as {
    readonly type?: string;
    readonly entry?: { readonly level?: string; readonly text?: string; readonly url?: string };
    readonly exceptionDetails?: unknown;
  };
  if (method === "Runtime.exceptionThrown") return [JSON.stringify(exceptionDetails)];
  if (method === "Runtime.consoleAPICalled" && type !== "log") return [JSON.stringify(params)];
  if (method === "Log.entryAdded" && entry.level !== "verbose" && entry.level !== "info")
    return [`${entry.text} ${entry.url ?? ""}`];
  return [];
}

async function evaluate(ask: Send, expression: string): Promise<unknown> {
  const { result, exceptionDetails } = await ask("Runtime.evaluate", { expression, returnByValue: true });
  if (exceptionDetails !== undefined) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`);
  return (result as { readonly value?: unknown }).value;
}

async function takePicture(ask: Send, width: number): Promise<Buffer> {
  const height = await evaluate(ask, "document.documentElement.scrollHeight");
  await setSize(ask, width, Number(height));
  const { data } = await ask("Page.captureScreenshot", { format: "png", optimizeForSpeed: false });
  return Buffer.from(String(data), "base64");
}

async function setSize(ask: Send, width: number, height: number): Promise<void> {
  const metrics = { width, height, deviceScaleFactor: 1, mobile: false };
  await ask("Emulation.setDeviceMetricsOverride", metrics);
}
