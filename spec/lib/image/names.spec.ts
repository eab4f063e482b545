import * as assert from "uvu/assert";
import { splitImageName } from "../../../lib/image/names.ts";
import { suite } from "../../support/suite.ts";

const test = suite("names of images");

const cases: readonly (readonly [string, string, string])[] = [
  ["brigbox/python:3", "brigbox/python", "3"],
  ["python", "python", "latest"],
  ["host.example:5000/python", "host.example:5000/python", "latest"],
  ["host.example:5000/python:3.12", "host.example:5000/python", "3.12"],
];

for (const [name, repository, tag] of cases) {
  test(`${name} is ${repository} with the tag ${tag}`, () =>
    assert.equal(splitImageName(name), { repository, tag }));
}

test.run();
