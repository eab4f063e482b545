import * as v from "valibot";
import type { LoopConfig } from "./loop-settings.ts";
import { parseDuration, parseSize } from "./units.ts";

/** Messages tell what a value must be; they never hold the value, which may be a secret that came from a variable. */
const text = v.pipe(v.string("a text"), v.nonEmpty("a text"));
const name = v.pipe(v.string("a name"), v.regex(/^[\p{ID_Start}_][\p{ID_Continue}]*$/u, "a Python name"));
const day = v.pipe(
  v.string("a day such as 2006-12-31"),
  v.regex(/^\d{4}-\d\d-\d\d$/, "a day such as 2006-12-31"),
);
function whole(least: number, most: number) {
  return v.pipe(
    toNumber(`a whole number from ${least} to ${most}`),
    v.integer(`a whole number from ${least} to ${most}`),
    v.minValue(least, `a whole number from ${least} to ${most}`),
    v.maxValue(most, `a whole number from ${least} to ${most}`),
  );
}
const between = (least: number, most: number) =>
  v.pipe(
    toNumber(`a number from ${least} to ${most}`),
    v.minValue(least, `a number from ${least} to ${most}`),
    v.maxValue(most, `a number from ${least} to ${most}`),
  );
const duration = withUnit((written) => parseDuration(written, ""), "a duration such as 30s, 500ms or 10m");
const size = withUnit((written) => parseSize(written, ""), "a size such as 512MiB or 2GiB");
const oneOf = <const T extends readonly string[]>(words: T) =>
  v.picklist(words, `one of ${words.map((word) => `"${word}"`).join(", ")}`);
const files = v.record(name, text, "names, each with a file");

/** A number, also one that a variable brought as text. */
function toNumber(form: string) {
  return v.pipe(
    v.union(
      [v.number(), v.pipe(v.string(), v.regex(/^-?\d{1,15}(\.\d{1,15})?$/), v.transform(Number))],
      form,
    ),
    v.number(form),
  );
}

function withUnit(parse: (written: string) => number, form: string) {
  return v.pipe(
    v.union([v.string(), v.number()], form),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      try {
        return parse(String(dataset.value));
      } catch {
        addIssue({ message: form });
        return NEVER;
      }
    }),
  );
}

const gene = v.union(
  [
    v.strictObject({ from: whole(-1e9, 1e9), to: whole(-1e9, 1e9) }),
    v.strictObject({
      choices: v.pipe(v.array(v.union([v.number(), v.string(), v.boolean()])), v.nonEmpty()),
    }),
  ],
  "{ from: 1, to: 24 } or { choices: [a, b] }",
);

const proposer = v.variant(
  "kind",
  [
    v.strictObject({
      kind: v.literal("genetic"),
      template: text,
      genes: v.record(name, gene, "names of parameters"),
      seed: v.optional(whole(0, 2 ** 32 - 1), 1),
      population: v.optional(whole(2, 10_000), 20),
      mutation: v.optional(between(0, 1), 0.25),
    }),
    v.strictObject({ kind: v.literal("folder"), folder: text }),
    v.strictObject({
      kind: v.literal("chat"),
      model: text,
      task: text,
      temperature: v.optional(v.nullable(between(0, 2)), null),
      maxTokens: v.optional(v.nullable(whole(1, 1e6)), null),
      timeout: v.optional(duration, "120s"),
      retries: v.optional(whole(0, 20), 4),
    }),
  ],
  'one of "genetic", "folder", "chat"',
);

const score = v.variant(
  "kind",
  [
    v.strictObject({ kind: v.literal("value"), value: text }),
    v.strictObject({
      kind: v.literal("signal"),
      measure: v.optional(oneOf(["sharpe", "yearly-return", "utility"]), "sharpe"),
      riskAversion: v.optional(between(0, 1000), 5),
      signal: v.optional(name, "signal"),
      prices: v.optional(name, "prices"),
      columns: v.optional(
        v.strictObject({
          date: v.optional(text, "date"),
          symbol: v.optional(text, "symbol"),
          price: v.optional(text, "price"),
        }),
        {},
      ),
      from: v.optional(v.nullable(day), null),
      cost: v.optional(between(0, 1), 0),
      periodsPerYear: v.optional(between(0.1, 1e6), 12),
    }),
  ],
  'one of "value", "signal"',
);

const holdout = v.union(
  [
    v.strictObject({ after: day, column: v.optional(text, "date") }),
    v.strictObject({ inputs: files, of: v.optional(oneOf(["best", "all"]), "best") }),
  ],
  "{ after: 2006-12-31, column: date } or { inputs: ... }",
);

/** All that the configuration of a loop can hold. */
export const loopSchema: v.GenericSchema<unknown, LoopConfig> = v.strictObject({
  journal: v.optional(v.nullable(text), null),
  sandbox: v.optional(oneOf(["docker", "direct"]), "docker"),
  concurrency: v.optional(whole(1, 1000), 2),
  budget: v.strictObject({ candidates: whole(1, 1e9), time: v.optional(v.nullable(duration), null) }),
  inputs: v.optional(files, {}),
  returns: v.optional(v.array(name, "a list of names"), ["signal", "result"]),
  holdout: v.optional(v.nullable(holdout), null),
  score,
  proposer,
  intruders: v.optional(v.nullable(v.strictObject({ folder: text, every: whole(2, 1e6) })), null),
  limits: v.optional(
    v.strictObject({
      timeout: v.optional(duration),
      cpuTime: v.optional(duration),
      memory: v.optional(size),
      cpus: v.optional(between(0.01, 1024)),
    }),
    {},
  ),
  pool: v.optional(
    v.nullable(
      v.strictObject({ size: whole(1, 1000), preload: v.optional(v.array(text, "a list of modules"), []) }),
    ),
    null,
  ),
  champions: v.optional(whole(1, 1000), 5),
  attempts: v.optional(whole(1, 1000), 3),
});
