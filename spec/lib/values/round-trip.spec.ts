import * as assert from "uvu/assert";
import { decodeValues } from "../../../lib/values/decode.ts";
import { encodeValues } from "../../../lib/values/encode.ts";
import { toJson } from "../../../lib/values/json.ts";
import { jsonPieces } from "../../../lib/values/json-pieces.ts";
import { findPythons } from "../../support/pythons.ts";
import { suite } from "../../support/suite.ts";
import type { ValueCase } from "../../support/values/case.ts";
import { indexCases } from "../../support/values/index-cases.ts";
import { compareInPython, encodeInPython, findPandas } from "../../support/values/local-codec.ts";
import { numpyCases } from "../../support/values/numpy-cases.ts";
import { pandasCases } from "../../support/values/pandas-cases.ts";
import { plainCases } from "../../support/values/plain-cases.ts";
import { zoneCases } from "../../support/values/zone-cases.ts";

const test = suite("values from Python to TypeScript and back");

/** Encodes each case, reads it here as far as JSON, encodes it again, and has Python compare. Names of bad ones with why. */
function roundTrip(python: string, all: readonly ValueCase[]): Readonly<Record<string, string>> {
  const told = encodeInPython(python, new Map(all.map(({ name, python: text }) => [name, text])));
  const faults: Record<string, string> = {};
  const blobs = new Map<string, Uint8Array>();
  for (const [name, blob] of told) {
    try {
      if (typeof blob === "string") throw new Error(blob);
      const { value = null } = decodeValues(blob);
      assert.equal(JSON.parse([...jsonPieces(value)].join("")), JSON.parse(JSON.stringify(toJson(value))));
      blobs.set(name, Buffer.concat(encodeValues({ value })));
    } catch (error) {
      faults[name] = String(error);
    }
  }
  assert.is(told.size, all.length, "two cases have one name");
  const expected = new Map(all.map(({ name, python: text, back }) => [name, back ?? text]));
  return { ...faults, ...compareInPython(python, expected, blobs) };
}

for (const { path, version, minor } of findPythons()) {
  const known = plainCases.filter(({ python }) => minor >= 9 || !python.includes("zoneinfo"));
  test(`${known.length} values of plain Python come back as they went, on Python ${version}`, () => {
    assert.equal(roundTrip(path, known), {});
  });
}

const withPandas = findPandas();
// Where no Python here has pandas, the live specs alone send these.
if (withPandas !== null) {
  const kinds = { numpy: numpyCases, pandas: pandasCases, indexes: indexCases, "time zones": zoneCases };
  for (const [kind, all] of Object.entries(kinds)) {
    test(`${all.length} values of ${kind} come back as they went`, () =>
      assert.equal(roundTrip(withPandas, all), {}));
  }
}

test.run();
