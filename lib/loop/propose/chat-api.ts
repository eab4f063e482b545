import { setTimeout as delay } from "node:timers/promises";
import { ProposalError } from "../errors.ts";
import { cap } from "../outcome.ts";

/** A service with the OpenAI-compatible chat API. The key is in no message. */
export interface ChatService {
  /** For example `https://api.openai.com/v1`. */
  readonly baseUrl: string;
  /** Null where the service asks for none. */
  readonly apiKey: string | null;
  /** For one request, its answer included, milliseconds. */
  readonly timeoutMs: number;
  /** How often a request is made again after 429, 5xx, a timeout or a lost connection. */
  readonly retries: number;
  /** The wait before the first of these, which doubles, milliseconds; what the service asks for in Retry-After counts where it is more. */
  readonly retryDelayMs: number;
  /** A longer answer is not read to its end, bytes. */
  readonly maxAnswerBytes: number;
}

const longestDelayMs = 60_000;
const longestReason = 200;

/** What one request came to: an answer, or why there is none and whether a further one may bring it. */
type Attempt =
  | { readonly body: unknown }
  | { readonly problem: string; readonly mayPass: boolean; readonly retryAfterMs: number };

/**
 * Asks `POST /chat/completions`, again where the problem may pass, and gives the answer's text.
 *
 * @throws ProposalError that says what the service answered; the signal's reason.
 */
export async function askChat(
  service: ChatService,
  request: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<string> {
  for (let retries = 0; ; retries++) {
    const attempt = await tryOnce(service, request, signal);
    if ("body" in attempt) return textOf(attempt.body);
    const { problem, mayPass, retryAfterMs } = attempt;
    if (!mayPass || retries >= service.retries) throw new ProposalError(problem);
    // Some chance in it, so that many who were refused at once do not come back at once.
    const backoffMs = service.retryDelayMs * 2 ** retries * (0.75 + Math.random() / 2);
    await delay(Math.min(longestDelayMs, Math.max(backoffMs, retryAfterMs)), undefined, { signal }).catch(
      () => signal.throwIfAborted(),
    );
  }
}

async function tryOnce(
  service: ChatService,
  request: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<Attempt> {
  const timeout = AbortSignal.timeout(service.timeoutMs);
  try {
    const response = await fetch(`${service.baseUrl}/chat/completions`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json",
        ...(service.apiKey !== null && { authorization: `Bearer ${service.apiKey}` }),
      },
      body: JSON.stringify(request),
      // A redirection would take the prompt, if not the key, to somebody else.
      redirect: "error",
      signal: AbortSignal.any([signal, timeout]),
    });
    return await readAnswer(response, service);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ProposalError) throw error;
    const problem = timeout.aborted
      ? `the model did not answer within ${service.timeoutMs} ms`
      : `the model's service cannot be reached (${codeOf(error)})`;
    return { problem, mayPass: true, retryAfterMs: 0 };
  }
}

async function readAnswer(response: Response, service: ChatService): Promise<Attempt> {
  const body = parseJson(await readText(response, service.maxAnswerBytes));
  if (response.ok) {
    if (body === undefined)
      throw new ProposalError("the model's service answered with something else than JSON");
    return { body };
  }
  const said = redact(messageOf(body), service.apiKey);
  return {
    problem: `the model's service answered ${response.status}${said === "" ? "" : `: ${said}`}`,
    mayPass: response.status === 429 || response.status >= 500,
    retryAfterMs: retryAfter(response.headers.get("retry-after")),
  };
}

async function readText(response: Response, mostBytes: number): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    bytes += (piece as Uint8Array).length;
    if (bytes > mostBytes) throw new ProposalError(`the model's answer is longer than ${mostBytes} bytes`);
    pieces.push(piece as Uint8Array);
  }
  return Buffer.concat(pieces).toString("utf8");
}

function textOf(body: unknown): string {
  const choices = isObject(body) && Array.isArray(body.choices) ? body.choices : [];
  const choice: unknown = choices[0];
  const message = isObject(choice) && isObject(choice.message) ? choice.message : {};
  if (isObject(choice) && choice.finish_reason === "length")
    throw new ProposalError("the model's answer was cut at its limit of tokens; raise maxTokens");
  if (typeof message.content !== "string") throw new ProposalError("the model's answer holds no text");
  return message.content;
}

function messageOf(body: unknown): string {
  const error = isObject(body) ? body.error : undefined;
  const said = isObject(error) ? error.message : error;
  return typeof said === "string" ? said : "";
}

/** Some services repeat what they were sent. */
function redact(text: string, secret: string | null): string {
  const clean = secret === null ? text : text.replaceAll(secret, "[key]");
  return cap(clean.replace(/\s+/g, " ").trim(), longestReason);
}

/** Seconds, or a date; 0 for anything else. */
function retryAfter(header: string | null): number {
  if (header === null) return 0;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}

/** Fetch's own messages may hold the address; its causes have codes. */
function codeOf(error: unknown): string {
  const cause = isObject(error) ? error.cause : undefined;
  const code = isObject(cause) ? cause.code : undefined;
  return typeof code === "string" ? code : "the connection failed";
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
