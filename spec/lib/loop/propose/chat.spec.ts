import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { inspect } from "node:util";
import * as assert from "uvu/assert";
import { ConfigError } from "../../../../lib/errors.ts";
import { ProposalError } from "../../../../lib/loop/errors.ts";
import type { LoopEvent } from "../../../../lib/loop/events.ts";
import { createLoop } from "../../../../lib/loop/loop.ts";
import { type ChatOptions, createChatProposer } from "../../../../lib/loop/propose/chat.ts";
import type { ProposeContext } from "../../../../lib/loop/proposer.ts";
import { valueScore } from "../../../../lib/loop/score/value-score.ts";
import { errorOf, rejectionOf } from "../../../support/catch-error.ts";
import { createPlayExecutor } from "../../../support/loop/play-executor.ts";
import { temporaryFolder } from "../../../support/loop/temporary.ts";
import { suite } from "../../../support/suite.ts";

const test = suite("a proposer over the chat API");
const key = "sk-very-secret-0123456789";

interface ChatRequest {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: { readonly model: string; readonly messages: readonly { role: string; content: string }[] };
}

type Answer = (response: ServerResponse, number: number) => void;

interface StubService extends AsyncDisposable {
  readonly baseUrl: string;
  readonly requests: ChatRequest[];
}

/** A service that gives its answers in turn, the last one again and again. */
async function startService(...answers: readonly Answer[]): Promise<StubService> {
  const requests: ChatRequest[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (piece: Buffer) => {
      text += piece.toString("utf8");
    });
    request.on("end", () => {
      requests.push({ path: request.url ?? "", headers: request.headers, body: JSON.parse(text) });
      answers[Math.min(requests.length, answers.length) - 1]?.(response, requests.length - 1);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (response) =>
    void response
      .writeHead(status, { "content-type": "application/json", ...headers })
      .end(JSON.stringify(body));
const says = (content: unknown, finish = "stop"): Answer =>
  json(200, { choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: finish }] });
const good: Answer = (response, number) =>
  says(`Sure.\n\`\`\`python\nresult = ${number}\n\`\`\`\nDone.`)(response, number);

const context = (): ProposeContext => ({
  index: 0,
  champions: [],
  failures: [],
  counts: { candidates: 0, scored: 0, failed: 0, deadLetters: 0, repeated: 0, elapsedMs: 0 },
  signal: new AbortController().signal,
});

function proposer({ baseUrl }: StubService, options: Partial<ChatOptions> = {}) {
  return createChatProposer({
    ...{ model: "m", task: "Write a strategy.", baseUrl, apiKey: key, environment: {}, retryDelayMs: 1 },
    ...options,
  });
}

test("it asks the model as the API wants, and takes the code from the fenced block", async () => {
  await using service = await startService(good);
  const proposal = await proposer(service, { temperature: 0.7, maxTokens: 99 }).propose(context());
  assert.equal(proposal, { code: "result = 0\n", meta: "m" });
  const [request] = service.requests;
  assert.is(request?.path, "/v1/chat/completions");
  assert.is(request?.headers.authorization, `Bearer ${key}`);
  const { messages, ...rest } = request?.body ?? { messages: [] };
  assert.equal(rest, { model: "m", temperature: 0.7, max_tokens: 99 });
  assert.equal(
    messages.map(({ role }) => role),
    ["system", "user"],
  );
  assert.match(messages[0]?.content ?? "", /^Write a strategy\./);
});

test("address and key come from the environment; without a key none is sent", async () => {
  await using service = await startService(good);
  const environment = { OPENAI_BASE_URL: `${service.baseUrl}/`, OPENAI_API_KEY: "" };
  await createChatProposer({ model: "m", task: "t", environment }).propose(context());
  assert.is(service.requests[0]?.headers.authorization, undefined);
  await createChatProposer({
    model: "m",
    task: "t",
    environment: { ...environment, OPENAI_API_KEY: "k" },
  }).propose(context());
  assert.is(service.requests[1]?.headers.authorization, "Bearer k");
});

for (const status of [429, 500, 502, 503]) {
  test(`after ${status} it asks again`, async () => {
    await using service = await startService(
      json(status, { error: { message: "busy" } }),
      json(status, {}),
      good,
    );
    assert.equal(await proposer(service).propose(context()), { code: "result = 2\n", meta: "m" });
    assert.is(service.requests.length, 3);
  });
}

test("it waits as long as the service asks for", async () => {
  await using service = await startService(json(429, {}, { "retry-after": "1" }), good);
  const startedAt = performance.now();
  await proposer(service).propose(context());
  assert.ok(performance.now() - startedAt >= 990);
});

test("it gives up after its retries, with what the service said", async () => {
  await using service = await startService(json(503, { error: { message: "overloaded,\n try later" } }));
  const error = await rejectionOf(
    proposer(service, { retries: 2 }).propose(context()) as Promise<unknown>,
    ProposalError,
  );
  assert.is(error.message, "the model's service answered 503: overloaded, try later");
  assert.is(service.requests.length, 3);
});

for (const status of [400, 401, 404]) {
  test(`${status} would not change, so it does not ask again`, async () => {
    await using service = await startService(json(status, { error: "no" }), good);
    await rejectionOf(
      proposer(service).propose(context()) as Promise<unknown>,
      ProposalError,
      new RegExp(String(status)),
    );
    assert.is(service.requests.length, 1);
  });
}

const badAnswers: readonly (readonly [string, Answer, RegExp])[] = [
  ["no code", says("I cannot do that."), /no whole fenced block/],
  ["a block without an end", says("```python\nresult = 1"), /no whole fenced block/],
  ["an answer cut at its limit", says("```python\nx\n```", "length"), /cut at its limit of tokens/],
  ["no text", says(null), /holds no text/],
  ["no choice", json(200, { choices: [] }), /holds no text/],
  ["no object", json(200, null), /holds no text/],
  ["no JSON", (response) => void response.end("<html>"), /something else than JSON/],
  ["too long an answer", says("x".repeat(5000)), /longer than 4096 bytes/],
];
for (const [name, answer, message] of badAnswers) {
  test(`${name} is no proposal`, async () => {
    await using service = await startService(answer);
    const options = { maxAnswerBytes: 4096, retries: 0 };
    await rejectionOf(
      proposer(service, options).propose(context()) as Promise<unknown>,
      ProposalError,
      message,
    );
  });
}

test("a redirection is not followed: the prompt is nobody else's business", async () => {
  await using other = await startService(good);
  const location = `${other.baseUrl}/chat/completions`;
  await using service = await startService((response) => void response.writeHead(307, { location }).end());
  const asked = proposer(service, { retries: 0 }).propose(context()) as Promise<unknown>;
  await rejectionOf(asked, ProposalError, /cannot be reached/);
  assert.equal(other.requests, []);
});

test("an endless answer is not read to its end", async () => {
  let isOpen = true;
  await using service = await startService((response) => {
    response.on("close", () => {
      isOpen = false;
    });
    const flood = (): void => {
      while (isOpen && response.write("x".repeat(65_536)));
      if (isOpen) response.once("drain", flood);
    };
    flood();
  });
  await rejectionOf(
    proposer(service).propose(context()) as Promise<unknown>,
    ProposalError,
    /longer than 1048576/,
  );
  while (isOpen) await delay(5);
});

test("a service that does not answer is asked again, and then given up", async () => {
  await using service = await startService(() => undefined);
  const options = { timeoutMs: 60, retries: 1 };
  await rejectionOf(
    proposer(service, options).propose(context()) as Promise<unknown>,
    ProposalError,
    /did not answer within 60 ms/,
  );
  assert.is(service.requests.length, 2);
});

test("a lost connection is asked again", async () => {
  await using service = await startService((response) => void response.destroy(), good);
  assert.equal(await proposer(service).propose(context()), { code: "result = 1\n", meta: "m" });
});

test("a signal ends a request and a wait at once, with its reason", async () => {
  for (const answer of [() => undefined, json(503, {})]) {
    await using service = await startService(answer);
    const controller = new AbortController();
    const reason = new Error("enough");
    setTimeout(() => controller.abort(reason), 30);
    const waiting = proposer(service, { retryDelayMs: 60_000 }).propose({
      ...context(),
      signal: controller.signal,
    });
    assert.is(await rejectionOf(waiting as Promise<unknown>, Error), reason);
  }
});

test("the key is in no error, whatever the service repeats", async () => {
  const echo = json(401, { error: { message: `Incorrect API key provided: ${key}.` } });
  await using service = await startService(echo);
  const error = await rejectionOf(proposer(service).propose(context()) as Promise<unknown>, ProposalError);
  assert.is(error.message, "the model's service answered 401: Incorrect API key provided: [key].");
  assert.not.match(inspect(error, { depth: 9 }), "very-secret");
});

const badOptions: readonly (readonly [string, Partial<ChatOptions>, RegExp])[] = [
  ["a key with a line end", { apiKey: "sk-secret\n" }, /letters that no key has/],
  ["an address that is none", { baseUrl: "secret" }, /must be like https/],
  ["another protocol", { baseUrl: "file:///secret" }, /must be like https/],
  ["an address with a password", { baseUrl: "https://u:secret@h/v1" }, /without a name/],
  ["an address with a query", { baseUrl: "https://h/v1?key=secret" }, /without a name/],
  [
    "a key in clear through the network",
    { baseUrl: "http://secret.example/v1", apiKey: "k" },
    /begin with https/,
  ],
];
for (const [name, options, message] of badOptions) {
  test(`${name} is refused without showing it`, () => {
    const error = errorOf(() => createChatProposer({ model: "m", task: "t", environment: {}, ...options }));
    assert.instance(error, ConfigError);
    assert.match(error.message, message);
    assert.not.match(error.message, "secret");
  });
}

test("a loop with a model tells it of scores and failures; the key is in no event and not in the journal", async () => {
  using folder = temporaryFolder();
  const blocks = ["result = 3", "import os", "result = 5", "no code"];
  await using service = await startService(
    ...blocks.map((code) => says(code === "no code" ? code : `\`\`\`python\n${code}\n\`\`\``)),
    json(401, { error: { message: `bad key ${key}` } }),
  );
  const executor = createPlayExecutor((code) =>
    code.includes("import") ? { status: "rejected", values: {}, message: "line 1: no imports" } : {},
  );
  const events: LoopEvent[] = [];
  const loop = createLoop({
    ...{ executor, propose: proposer(service), journal: folder.at("j"), concurrency: 1, retryDelayMs: 1 },
    ...{ score: valueScore("values.result"), budget: { candidates: 5 }, maxTroubles: 3 },
  });
  const error = await rejectionOf(
    (async () => {
      for await (const event of loop) events.push(event);
    })(),
    ProposalError,
    /401: bad key \[key\]/,
  );
  const told = service.requests[3]?.body.messages[1]?.content ?? "";
  assert.match(told, /Score 5\.00000:\n```python\nresult = 5\n```/);
  assert.match(told, /rejected: line 1: no imports\n```python\nimport os/);
  const everything =
    JSON.stringify(events) + readFileSync(folder.at("j"), "utf8") + inspect(error, { depth: 9 });
  assert.not.match(everything, "very-secret");
});

test.run();
