import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as assert from "uvu/assert";
import { ConfigError } from "../../../lib/errors.ts";
import { parseInput } from "../../../lib/inputs/parse-input.ts";
import { toJson } from "../../../lib/values/json.ts";
import type { DataFrame, NdArray } from "../../../lib/values/types.ts";
import { suite } from "../../support/suite.ts";
import { findPandas } from "../../support/values/local-codec.ts";

const test = suite("files as values");

const mixed = fileURLToPath(new URL("../../fixtures/inputs/mixed.csv", import.meta.url));

test("a file is read by its kind", () => {
  assert.equal((parseInput("csv", Buffer.from("a\n1\n"), "x") as DataFrame).shape, [1, 1]);
  assert.is(parseInput("json", Buffer.from("5"), "x"), 5);
  assert.throws(() => parseInput("npy", Buffer.from("5"), "x"), /not an npy file/);
});

test("a file over the cap is refused before it is read", () => {
  const bytes = Buffer.from("not json at all");
  assert.throws(
    () => parseInput("json", bytes, "options", { maxBytes: bytes.length - 1 }),
    (error: unknown) =>
      error instanceof ConfigError &&
      /^input "options": the file has .*are the most; send/.test(error.message),
  );
  assert.throws(() => parseInput("json", bytes, "options", { maxBytes: bytes.length }), /not JSON/);
});

test("the cap is 256 MiB unless told otherwise", () => {
  assert.throws(() => parseInput("npy", new Uint8Array(256 * 1024 ** 2 + 1), "x"), /are the most/);
  assert.throws(() => parseInput("npy", new Uint8Array(256 * 1024 ** 2), "x"), /not an npy file/);
});

const python = findPandas();
// Where no Python here has pandas, the live specs alone compare with it.
if (python !== null) {
  test("pandas reads the same dtypes and missing cells from the same CSV, once it is told which columns are dates", () => {
    const frame = parseInput("csv", readFileSync(mixed), "mixed") as DataFrame;
    const program = `
import json, sys, pandas as pd
frame = pd.read_csv(sys.argv[1], parse_dates=["day", "moment"])
# pandas 3 has a dtype of its own for texts, and reads dates in microseconds.
kinds = {name: str(dtype).replace("[us]", "[ns]") for name, dtype in frame.dtypes.items()}
kinds = {name: "object" if kind == "str" else kind for name, kind in kinds.items()}
print(json.dumps([kinds, frame.isna().values.tolist()]))
`;
    const { stdout, stderr } = spawnSync(python, ["-I", "-c", program, mixed], { encoding: "utf8" });
    assert.is(stderr, "");
    const rows = Array.from({ length: frame.shape[0] }, (_, row) =>
      frame.data.map((column) => column.at(row) === null || Number.isNaN(column.at(row))),
    );
    assert.equal(JSON.parse(stdout), [frame.toJSON().dtypes, rows]);
  });

  test("what numpy.save writes is read as the array that was saved", () => {
    const arrays: readonly (readonly [string, string])[] = [
      ["np.arange(6.).reshape(2, 3)", "[0,1,2,3,4,5]"],
      ["np.asfortranarray(np.arange(6, dtype='>i4').reshape(2, 3))", "[0,1,2,3,4,5]"],
      ["np.array([['a', 'äö'], ['', '🎉']])", '["a","äö","","🎉"]'],
      ["np.array(['2024-02-29', 'NaT'], dtype='M8[D]')", '["2024-02-29",null]'],
      ["np.array(True)", "[true]"],
    ];
    for (const [expression, expected] of arrays) {
      const program = `import io, sys, numpy as np; f = io.BytesIO(); np.save(f, ${expression}); sys.stdout.buffer.write(f.getvalue())`;
      const { stdout } = spawnSync(python, ["-I", "-X", "utf8", "-c", program]);
      const array = parseInput("npy", stdout, "x") as NdArray;
      assert.is(JSON.stringify(array.toArray().map(toJson)), expected, expression);
    }
  });
}

test.run();
