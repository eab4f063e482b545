import * as assert from "uvu/assert";
import { ruleList } from "../../../lib/validator/rule-list.ts";
import { toSarif } from "../../../lib/validator/sarif.ts";
import { validate } from "../../../lib/validator/validate.ts";
import { suite } from "../../support/suite.ts";

const test = suite("reports as SARIF");

/** What is read here of a report. */
interface Sarif {
  readonly version: string;
  readonly runs: readonly {
    readonly columnKind: string;
    readonly tool: {
      readonly driver: { readonly name: string; readonly rules: readonly { readonly id: string }[] };
    };
    readonly results: readonly {
      readonly ruleId: string;
      readonly ruleIndex: number;
      readonly message: { readonly text: string };
      readonly locations: readonly {
        readonly physicalLocation: {
          readonly artifactLocation: { readonly uri: string };
          readonly region: Readonly<Record<"startLine" | "startColumn" | "endLine" | "endColumn", number>>;
        };
      }[];
    }[];
  }[];
}

function report(file: string, code: string): Sarif {
  const violations = validate(code);
  return JSON.parse(JSON.stringify(toSarif([{ file, ok: violations.length === 0, violations }], "1.2.3")));
}

test("each violation is a result with its rule, message and place", () => {
  const sarif = report("a.py", "x = 1\nimport os\n");
  const [run] = sarif.runs;
  assert.equal([sarif.version, run?.columnKind], ["2.1.0", "utf16CodeUnits"]);
  const [result] = run?.results ?? [];
  assert.is(result?.ruleId, "R1");
  assert.is(run?.tool.driver.rules[result?.ruleIndex ?? -1]?.id, "R1");
  assert.match(result?.message.text ?? "", /the import of "os"/);
  assert.equal(result?.locations[0]?.physicalLocation.region, {
    startLine: 2,
    startColumn: 8,
    endLine: 2,
    endColumn: 10,
    snippet: { text: "os" },
  });
});

test("every rule is described, and each once", () => {
  const rules = report("a.py", "").runs[0]?.tool.driver.rules.map(({ id }) => id) ?? [];
  assert.equal(
    rules,
    ruleList.map(({ id }) => id),
  );
  assert.is(new Set(rules).size, rules.length);
});

const uris: readonly (readonly [string, string])[] = [
  ["a b/ü.py", "a%20b/%C3%BC.py"],
  ["/abs/a.py", "file:///abs/a.py"],
  ["a\\b.py", "a/b.py"],
  ["q?#.py", "q%3F%23.py"],
];

for (const [file, uri] of uris) {
  test(`${file} is ${uri}`, () => {
    assert.is(
      report(file, "eval").runs[0]?.results[0]?.locations[0]?.physicalLocation.artifactLocation.uri,
      uri,
    );
  });
}

test("a violation without a length still has a region that SARIF takes", () => {
  const region = report("a.py", "(".repeat(300)).runs[0]?.results[0]?.locations[0]?.physicalLocation.region;
  assert.ok((region?.endColumn ?? 0) >= (region?.startColumn ?? 1));
});

test("files without violations have no results", () =>
  assert.equal(report("a.py", "x = 1").runs[0]?.results, []));

test.run();
