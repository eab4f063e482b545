import { ConfigError } from "../../errors.ts";
import { ProposalError } from "../errors.ts";
import type { Proposer } from "../proposer.ts";
import { askChat, type ChatService } from "./chat-api.ts";
import { takeCodeBlock } from "./code-block.ts";
import { feedbackPrompt, systemPrompt } from "./prompt.ts";

/** Options of {@link createChatProposer}. */
export interface ChatOptions {
  /** The model's name, as its service calls it. */
  readonly model: string;
  /** What the code is for: its inputs, what it must return, how it is scored. */
  readonly task: string;
  /** @default the variable OPENAI_BASE_URL, else "https://api.openai.com/v1" */
  readonly baseUrl?: string;
  /** @default the variable OPENAI_API_KEY, else none */
  readonly apiKey?: string;
  /** How much chance is in an answer, 0 to 2; null leaves it to the service. @default null */
  readonly temperature?: number | null;
  /** Tokens of an answer; null leaves it to the service. @default null */
  readonly maxTokens?: number | null;
  /** For one request, its answer included, milliseconds. @default 120000 */
  readonly timeoutMs?: number;
  /** How often a request is made again after 429, 5xx, a timeout or a lost connection. @default 4 */
  readonly retries?: number;
  /** The wait before the first of these, which doubles, milliseconds. @default 1000 */
  readonly retryDelayMs?: number;
  /** A longer answer is refused, bytes. @default 1048576 (1 MiB) */
  readonly maxAnswerBytes?: number;
  /** @default process.env */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

const defaultBaseUrl = "https://api.openai.com/v1";

/**
 * A proposer that asks a model over the OpenAI-compatible chat API, and takes the code from the fenced block of its answer. The model is told of the
 * best and of the last failures. The key is sent to the service and is nowhere else: in no error, event or journal.
 *
 * @throws ConfigError for an address or a key that cannot be used, without showing it.
 * @example
 * const propose = createChatProposer({ model: "gpt-4.1", task: "Write a strategy: `prices` is ..., give `signal` ..." });
 */
export function createChatProposer(options: ChatOptions): Proposer {
  const service = toService(options);
  const { model, task, temperature = null, maxTokens = null } = options;
  return {
    async propose(context) {
      const messages = [
        { role: "system", content: systemPrompt(task) },
        { role: "user", content: feedbackPrompt(context) },
      ];
      const request = {
        model,
        messages,
        ...(temperature !== null && { temperature }),
        ...(maxTokens !== null && { max_tokens: maxTokens }),
      };
      const code = takeCodeBlock(await askChat(service, request, context.signal));
      if (code === null) throw new ProposalError("the model's answer holds no whole fenced block of code");
      return { code, meta: model };
    },
  };
}

function toService(options: ChatOptions): ChatService {
  const environment = options.environment ?? process.env;
  const apiKey = options.apiKey ?? environment.OPENAI_API_KEY ?? "";
  const baseUrl = options.baseUrl ?? (environment.OPENAI_BASE_URL || defaultBaseUrl);
  // Before it gets into a header, whose own error would show it.
  if (!/^[\x21-\x7e]*$/.test(apiKey))
    throw new ConfigError(
      "the key of the model's service holds letters that no key has; set OPENAI_API_KEY anew",
    );
  return {
    baseUrl: checkBaseUrl(baseUrl, apiKey !== ""),
    apiKey: apiKey === "" ? null : apiKey,
    timeoutMs: options.timeoutMs ?? 120_000,
    retries: options.retries ?? 4,
    retryDelayMs: options.retryDelayMs ?? 1000,
    maxAnswerBytes: options.maxAnswerBytes ?? 1024 * 1024,
  };
}

/** An address may hold secrets, so no message shows it. */
function checkBaseUrl(text: string, hasKey: boolean): string {
  const what = "the address of the model's service (OPENAI_BASE_URL)";
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new ConfigError(`${what} must be like https://host/v1`);
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "")
    throw new ConfigError(`${what} must be without a name, a password, a query and a fragment`);
  if (hasKey && url.protocol === "http:" && !isLoopback(url.hostname))
    throw new ConfigError(`${what} must begin with https: the key would go through the network in clear`);
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);
}
