import * as assert from "uvu/assert";
import { readFoundContainer } from "../../../lib/reaper/found-container.ts";
import { hereOwner, listedContainer, noonMs, runIdOf, strangers } from "../../support/left-behind.ts";
import { suite } from "../../support/suite.ts";

const test = suite("containers that the Engine lists");

test("a container of ours says whose it is, and until when", () => {
  assert.equal(readFoundContainer(listedContainer()), {
    id: runIdOf(1).padStart(64, "a"),
    name: `brigbox-${runIdOf(1)}`,
    state: "running",
    createdAtMs: noonMs - 60_000,
    claim: { runId: runIdOf(1), owner: hereOwner, deadlineMs: noonMs + 540_000 },
    defect: null,
  });
});

test("further names of a container do no harm", () => {
  const listed = listedContainer();
  const { claim } = readFoundContainer({
    ...listed,
    Names: ["/other/alias", ...(listed["Names"] as string[])],
  });
  assert.is(claim?.runId, runIdOf(1));
});

for (const [name, listed] of strangers) {
  test(`a container with ${name} is not certainly ours`, () => {
    const { claim, defect } = readFoundContainer(listed);
    assert.is(claim, null);
    assert.match(defect ?? "", /its|not/);
  });
}

const oddities: readonly unknown[] = [
  null,
  undefined,
  7,
  "text",
  [],
  {},
  { ...listedContainer(), Id: undefined },
  { ...listedContainer(), Id: "../networks/prune" },
  { ...listedContainer(), Id: "" },
  { ...listedContainer(), Id: { toString: "x" } },
];

for (const listed of oddities) {
  test(`an entry that is ${JSON.stringify(listed)?.slice(0, 40)} is read without a fault and never ours`, () => {
    const { id, claim, defect } = readFoundContainer(listed);
    assert.equal([id, claim], ["", null]);
    assert.match(defect ?? "", /no usable id/);
  });
}

test("a time of creation that is none is unknown", () => {
  for (const Created of [null, 0, "yesterday", undefined, Number.NaN])
    assert.is(readFoundContainer({ ...listedContainer(), Created }).createdAtMs, null);
});

test("labels that are inherited from a prototype do not count", () => {
  const { Labels, ...rest } = listedContainer();
  assert.is(readFoundContainer({ ...rest, Labels: Object.create(Labels as object) }).claim, null);
});

test.run();
