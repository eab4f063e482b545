import { readFileSync } from "node:fs";
import * as assert from "uvu/assert";
import {
  attachContainer,
  createClient,
  createContainer,
  type EngineClient,
  removeContainer,
  startContainer,
} from "../../engine-api/mod.ts";
import { createExecutor } from "../../lib/executor.ts";
import { defaultImage } from "../../lib/image/names.ts";
import { parseInput } from "../../lib/inputs/parse-input.ts";
import type { DataFrame } from "../../lib/values/types.ts";
import { suite } from "../support/suite.ts";

const test = suite("a real strategy on real prices");
const code = readFileSync("spec/examples/momentum.py", "utf8");
const csv = readFileSync("node_modules/vega-datasets/data/stocks.csv");

/** What the same Python prints in a plain container, without any part of ours. */
async function runOutside(client: EngineClient): Promise<string> {
  const program = `
import io, sys, json
import pandas as pd
prices = pd.read_csv(io.BytesIO(sys.stdin.buffer.read()))
${code}
print(json.dumps({"dtypes": {name: str(dtype) for name, dtype in signal.dtypes.items()}, "columns": list(signal.columns),
    "index": [label.isoformat() for label in signal.index], "index_dtype": str(signal.index.dtype),
    "data": {name: signal[name].tolist() for name in signal}, "result": result}))
`;
  const { id } = await createContainer(client, {
    Image: defaultImage,
    Cmd: ["python3", "-c", program],
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    HostConfig: { NetworkMode: "none" },
  });
  try {
    const attachment = await attachContainer(client, id, { stdin: true });
    await startContainer(client, id);
    await attachment.write(csv);
    attachment.endInput();
    let text = "";
    for await (const { bytes } of attachment.output) text += Buffer.from(bytes).toString("utf8");
    return text.trim().split("\n").at(-1) ?? "";
  } finally {
    await removeContainer(client, id, { force: true });
  }
}

test("its signal and result are what the same Python computes outside, to the last bit", async () => {
  await using client = createClient();
  await using executor = createExecutor({ client });
  const inputs = { prices: parseInput("csv", csv, "prices") };
  const run = await executor.run(code, { inputs, fileName: "momentum.py" });
  assert.is(run.status, "ok", run.exception?.traceback ?? run.message);
  assert.is(run.cleanup?.isConfirmed, true);
  const outside = JSON.parse(await runOutside(client));
  const signal = run.values.signal as DataFrame;
  const { columns, dtypes, index, data, shape } = signal.toJSON();
  assert.equal(
    { columns, dtypes, index, data },
    { columns: outside.columns, dtypes: outside.dtypes, index: outside.index, data: outside.data },
  );
  assert.equal(shape, [111, 5]);
  assert.is(signal.index.kind === "flat" ? signal.index.column.dtype : "", outside.index_dtype);
  assert.equal({ ...(run.values.result as object) }, outside.result);
  assert.match(run.stdout, /^123 months of AAPL, AMZN, GOOG, IBM, MSFT/);
});

test("what came back goes in again and is the same frame", async () => {
  await using executor = createExecutor();
  const prices = parseInput("csv", csv, "prices");
  const { values } = await executor.run(code, { inputs: { prices } });
  const compare = `${code}\npd.testing.assert_frame_equal(signal, expected, check_freq=True)\nassert result == expected_result\nresult = "same"`;
  const inputs = { prices, expected: values.signal ?? null, expected_result: values.result ?? null };
  const again = await executor.run(compare, { inputs });
  assert.is(again.values.result, "same", again.exception?.traceback ?? again.message);
});

test(
  "its hostile sibling is rejected, and where it is let in all the same, stopped at every door",
  async () => {
    await using strict = createExecutor();
    const rejected = await strict.run(readFileSync("spec/examples/hostile.py", "utf8"));
    assert.is(rejected.status, "rejected");
    await using executor = createExecutor({ policy: { validator: "off", audit: "off" } });
    const run = await executor.run(readFileSync("spec/examples/hostile.py", "utf8"), { timeoutMs: 15_000 });
    assert.is(run.status, "timeout");
    const lines = run.stdout.trim().split("\n");
    assert.is(lines.length, 7, run.stdout);
    for (const line of lines.slice(0, 5)) assert.match(line, / stopped /);
    assert.match(lines[5] ?? "", /held at \d\d processes/);
    assert.is(run.cleanup?.isConfirmed, true);
  },
  { timeoutMs: 60_000 },
);

test.run();
