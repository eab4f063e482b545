import * as assert from "uvu/assert";
import { createExecutor, type Executor } from "../../lib/executor.ts";
import type { DataFrame, Value } from "../../lib/values/types.ts";
import { suite } from "../support/suite.ts";
import type { ValueCase } from "../support/values/case.ts";
import { indexCases } from "../support/values/index-cases.ts";
import { numpyCases } from "../support/values/numpy-cases.ts";
import { pandasCases } from "../support/values/pandas-cases.ts";
import { plainCases } from "../support/values/plain-cases.ts";
import { preamble } from "../support/values/same.ts";
import { zoneCases } from "../support/values/zone-cases.ts";

const test = suite("values there and back in a real container");
const executor: Executor = createExecutor({ policy: { cpus: 1, validator: "off", audit: "off" } });

test.after(() => executor.close());

/** Python that makes each case's value apart, so that one that cannot be made does not hide the others. */
function makeAll(all: readonly ValueCase[]): string {
  const entries = all.map(({ name, python }) => `${JSON.stringify(name)}: lambda: ${python}`);
  return `${preamble}\nmakers = {${entries.join(",\n")}}\n`;
}

async function sendThere(all: readonly ValueCase[]): Promise<Readonly<Record<string, Value>>> {
  const code = `${makeAll(all)}\nresult = {name: make() for name, make in makers.items()}`;
  const { status, values, exception, message } = await executor.run(code);
  assert.is(status, "ok", exception?.traceback ?? message);
  return values.result as Readonly<Record<string, Value>>;
}

/** Names of the cases that came back as something else, with how. */
async function sendBack(all: readonly ValueCase[], given: Value): Promise<Value> {
  const expected = all.map(({ name, python, back }) => ({ name, python: back ?? python }));
  const code = `${makeAll(expected)}
result = {}
for name, make in makers.items():
    try:
        if not same(given[name], make()):
            result[name] = "%r (%s) instead of %r (%s)" % (given[name], type(given[name]).__name__, make(), type(make()).__name__)
    except Exception as error:
        result[name] = repr(error)
`;
  const { status, values, exception, message } = await executor.run(code, { inputs: { given } });
  assert.is(status, "ok", exception?.traceback ?? message);
  return values.result ?? null;
}

for (const [kind, all] of [
  ["plain Python", plainCases],
  ["numpy", numpyCases],
  ["pandas", pandasCases],
  ["pandas' indexes", indexCases],
  ["time zones", zoneCases],
] as const) {
  test(
    `${all.length} values of ${kind} come back as they went`,
    async () => {
      const there = await sendThere(all);
      assert.equal(
        Object.keys(there),
        all.map(({ name }) => name),
      );
      assert.equal(JSON.stringify(await sendBack(all, there), null, 1), "{}");
    },
    { timeoutMs: 60_000 },
  );
}

const refused: readonly (readonly [string, string, RegExp])[] = [
  [
    "a function",
    "len",
    /^result cannot be returned: builtins\.builtin_function_or_method is not a kind of value/,
  ],
  ["a module in a list", "[datetime]", /^result\[0\] cannot be returned: builtins\.module is not a kind/],
  ["a generator", "(x for x in [1])", /builtins\.generator is not a kind/],
  [
    "an object of a class",
    "type('Mine', (), {})()",
    /^result cannot be returned: __main__\.Mine is not a kind/,
  ],
  ["something deep inside", "{'a': [1, {'b': len}]}", /^result\['a'\]\[1\]\['b'\] cannot be returned/],
  ["something in a column", "pd.DataFrame({'a': [1, len]})", /^result\['a'\]\[1\] cannot be returned/],
  [
    "a list that holds itself",
    "(lambda x: x.append(x) or x)([])",
    /nested deeper than 64 levels, or holds itself/,
  ],
  ["a masked array", "np.ma.array([1], mask=[True])", /masked array; return its \.filled\(\) instead/],
  ["a structured array", "np.zeros(1, dtype=[('a', 'i4')])", /dtype .* which cannot be returned/],
  ["an open file", "open('/dev/null')", /_io\.TextIOWrapper is not a kind/],
  ["an enumeration", "enum.Enum('E', 'a').a", /E is not a kind of value/],
  ["a key", "{len: 1}", /^result \(a key\) cannot be returned/],
  ["a label", "pd.DataFrame([[1]], columns=[len])", /^result\.columns\[0\] cannot be returned/],
  ["a masked record", "np.zeros(1, dtype=[('a', 'i4')])[0]", /^result is a numpy void/],
  ["an offset", "pd.offsets.Day()", /Day is not a kind/],
  [
    "a zone without a name",
    "datetime.time(tzinfo=zoneinfo.ZoneInfo('Europe/Berlin'))",
    /^result is a time in a zone whose offset depends on the day/,
  ],
  ["a range of labels without data", "pd.RangeIndex(10**9)", /a range of 1000000000 labels without data/],
  ["an integer without end", "1 << (1 << 21)", /integer of more than/],
];

for (const [name, python, words] of refused) {
  test(`${name} is an error of the code that names the value`, async () => {
    const { status, exception } = await executor.run(`${preamble}\nresult = ${python}`);
    assert.is(status, "error");
    assert.is(exception?.type, "ValueEncodingError");
    assert.match(exception?.message ?? "", words);
  });
}

test("values over their cap end the run as output-limit", async () => {
  for (const python of [
    "'x' * 3_000_000",
    "np.zeros(400_000)",
    "[0] * 3_000_000",
    "pd.DataFrame({'a': np.zeros(400_000)})",
  ]) {
    const { status, evidence, values } = await executor.run(`${preamble}\nresult = ${python}`, {
      resultBytes: 2 * 1024 ** 2,
    });
    assert.is(status, "output-limit", python);
    assert.is(evidence.limit, "result");
    assert.equal(Object.keys(values), []);
  }
});

test("the columns of a million rows are looked into, not copied", async () => {
  const python =
    "pd.DataFrame({'i': np.arange(1_000_000), 'f': np.ones(1_000_000), 'c': ['x', 'y'] * 500_000})";
  const { status, values, message } = await executor.run(`${preamble}\nresult = ${python}`);
  assert.is(status, "ok", message);
  const [whole, float, text] = (values.result as DataFrame).data;
  const buffer = whole?.kind === "number" ? whole.elements.buffer : null;
  assert.is(float?.kind === "number" ? float.elements.buffer : undefined, buffer);
  assert.is(text?.kind === "string" ? text.offsets.buffer : undefined, buffer);
  assert.is(text?.kind === "string" ? text.bytes.buffer : undefined, buffer);
  assert.equal([whole?.at(999_999), float?.at(0), text?.at(999_999)], [999_999, 1, "y"]);
});

test("names that were asked for and not defined are listed", async () => {
  const { status, values, missing } = await executor.run("a = 1", { returns: ["a", "b"] });
  assert.is(status, "ok");
  assert.is(values.a, 1);
  assert.equal(missing, ["b"]);
});

test.run();
