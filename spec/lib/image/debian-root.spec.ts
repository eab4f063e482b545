import * as assert from "uvu/assert";
import { whyNoDebianRoot } from "../../../lib/image/debian-root.ts";
import { suite } from "../../support/suite.ts";

const test = suite("where a root file system can be made");
const debian = { id: "debian", codename: "bookworm", name: "Debian 12" };

test("on Debian and Ubuntu, as root", () => {
  assert.is(whyNoDebianRoot(debian, 0), null);
  assert.is(whyNoDebianRoot({ ...debian, id: "ubuntu" }, 0), null);
});

test("elsewhere, and for others, there is a reason why not", () => {
  assert.match(whyNoDebianRoot(debian, 1000) ?? "", /root/);
  assert.match(whyNoDebianRoot(debian, null) ?? "", /root/);
  assert.match(
    whyNoDebianRoot({ ...debian, id: "fedora", name: "Fedora 43" }, 0) ?? "",
    /Fedora 43 is neither/,
  );
  assert.match(whyNoDebianRoot({ ...debian, codename: null }, 0) ?? "", /names no release/);
});

test.run();
