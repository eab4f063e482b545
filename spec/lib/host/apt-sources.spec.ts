import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { findMirror, parseDeb822, parseSourcesList, readAptSources } from "../../../lib/host/apt-sources.ts";
import { suite } from "../../support/suite.ts";

const test = suite("sources of packages");

test("the one-line format, with options, comments and source packages", () => {
  const sources = parseSourcesList(`# deb http://commented.example/debian bookworm main
deb-src http://sources.example/debian bookworm main
deb [arch=amd64 signed-by=/k.gpg] http://mirror.example/debian bookworm main contrib # note
`);
  assert.equal(sources, [
    { uri: "http://mirror.example/debian", suites: ["bookworm"], components: ["main", "contrib"] },
  ]);
});

test("the deb822 format, with comments between fields, continued lines and stanzas that are off", () => {
  const sources = parseDeb822(`Types: deb deb-src
# a comment inside
URIs: http://one.example/debian
  http://two.example/debian
Suites: bookworm bookworm-updates
Components: main

Types: deb
URIs: http://off.example/debian
Suites: bookworm
Components: main
Enabled: no

Types: deb-src
URIs: http://sources.example/debian
Suites: bookworm
Components: main
`);
  assert.equal(
    sources.map(({ uri }) => uri),
    ["http://one.example/debian", "http://two.example/debian"],
  );
  assert.equal(sources[0]?.suites, ["bookworm", "bookworm-updates"]);
});

test("the mirror is the first of this suite with the main component", () => {
  const source = { uri: "http://a.example", suites: ["bookworm"], components: ["main"] };
  assert.is(findMirror([{ ...source, suites: ["trixie"] }, source], "bookworm"), "http://a.example");
  assert.is(findMirror([{ ...source, components: ["contrib"] }], "bookworm"), null);
  assert.is(findMirror([source], "trixie"), null);
});

test("addresses that debootstrap could not use, or that hold a password, are passed over", () => {
  for (const uri of ["cdrom:[Debian]/", "mirror+file:/etc/mirrors", "http://user:secret@a.example/debian"]) {
    assert.is(findMirror([{ uri, suites: ["bookworm"], components: ["main"] }], "bookworm"), null, uri);
  }
});

test("all files of the folder are read, and what is missing is empty", () => {
  const root = mkdtempSync(join(tmpdir(), "apt-"));
  try {
    assert.equal(readAptSources(root), []);
    mkdirSync(join(root, "sources.list.d"));
    writeFileSync(
      join(root, "sources.list.d/b.sources"),
      "Types: deb\nURIs: http://b\nSuites: s\nComponents: main\n",
    );
    writeFileSync(join(root, "sources.list.d/a.list"), "deb http://a s main\n");
    writeFileSync(join(root, "sources.list.d/c.save"), "deb http://c s main\n");
    assert.equal(
      readAptSources(root).map(({ uri }) => uri),
      ["http://a", "http://b"],
    );
  } finally {
    rmSync(root, { recursive: true });
  }
});

test.run();
