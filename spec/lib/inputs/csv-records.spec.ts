import * as assert from "uvu/assert";
import { CsvFaultError, readCsvRecords } from "../../../lib/inputs/csv-records.ts";
import { suite } from "../../support/suite.ts";

const test = suite("records of CSV");

function read(text: string): (readonly string[])[] {
  const records: (readonly string[])[] = [];
  readCsvRecords(text, (cells) => records.push(cells));
  return records;
}

const texts: readonly (readonly [name: string, text: string, records: readonly (readonly string[])[]])[] = [
  ["nothing", "", []],
  ["empty lines alone", "\n\r\n\r", []],
  ["one cell without an end", "a", [["a"]]],
  ["a comma alone", ",", [["", ""]]],
  ["a comma at the end", "a,", [["a", ""]]],
  ["empty quotes, which are no empty line", '""\n', [[""]]],
  ["each line end", "a\nb\r\nc\rd", [["a"], ["b"], ["c"], ["d"]]],
  ["quotes around everything", '"a, ""b""\r\nc",d\n', [['a, "b"\r\nc', "d"]]],
  ["blanks, which belong to cells", " a , b \n", [[" a ", " b "]]],
];

for (const [name, text, records] of texts) test(`reads ${name}`, () => assert.equal(read(text), records));

const faults: readonly (readonly [text: string, fault: string, line: number])[] = [
  ['a\n"b', "open quote", 2],
  ['"a\nb"c', "after quote", 2],
  ['"a" ,b', "after quote", 1],
  ['a\n\nb"c', "quote inside", 3],
  ["a,b\nc", "length", 2],
  ['"a\n\n",b\n"c\n"', "length", 5],
];

for (const [text, fault, line] of faults)
  test(`refuses ${JSON.stringify(text)}: ${fault}, line ${line}`, () => {
    try {
      read(text);
    } catch (error) {
      assert.instance(error, CsvFaultError);
      assert.equal([(error as CsvFaultError).fault, (error as CsvFaultError).line], [fault, line]);
      return;
    }
    assert.unreachable("it was read");
  });

test.run();
