import * as assert from "uvu/assert";
import { isDebianLike, parseOsRelease } from "../../../lib/host/os-release.ts";
import { suite } from "../../support/suite.ts";

const test = suite("the distribution");

test("Debian tells its release", () => {
  const debian = parseOsRelease(
    'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_CODENAME=bookworm\n',
  );
  assert.equal(debian, { id: "debian", codename: "bookworm", name: "Debian GNU/Linux 12 (bookworm)" });
  assert.ok(isDebianLike(debian));
});

test("quotes of both kinds are taken off", () => {
  assert.is(parseOsRelease("ID='ubuntu'").id, "ubuntu");
  assert.ok(isDebianLike(parseOsRelease('ID="ubuntu"')));
});

test("other distributions, and files that say nothing, are not Debian", () => {
  assert.not.ok(isDebianLike(parseOsRelease("ID=alpine\nID_LIKE=debian")));
  assert.equal(parseOsRelease(""), { id: "unknown", codename: null, name: "unknown" });
  assert.is(parseOsRelease("ID=debian\nVERSION_CODENAME=").codename, null);
});

test.run();
