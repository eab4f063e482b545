import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import * as assert from "uvu/assert";
import { resolveEndpoint } from "../../../engine-api/mod.ts";
import { runLoose } from "../../support/loose.ts";
import { inBothWays, readHostile, resultOf, runHostile } from "../../support/matrix.ts";

inBothWays("acceptance matrix: isolation", (test, jail, createJail) => {
  test("no way leads out, neither by names nor by addresses nor by any family of sockets", async () => {
    const found = resultOf(await runHostile(jail, readHostile("network")));
    for (const [way, end] of Object.entries(found)) {
      if (way === "dns") assert.not.match(String(end), /REACHED/);
      else assert.is(end, "EPERM", way);
    }
  });

  test("where the syscall filter lets sockets be, the network itself still leads nowhere", async () => {
    const filterless = createJail({ seccomp: "engine" });
    try {
      const found = resultOf(await runHostile(filterless, readHostile("network")));
      for (const way of ["connect", "datagram", "metadata", "gateway"])
        assert.is(found[way], "ENETUNREACH", way);
      for (const way of ["raw", "packet"]) assert.is(found[way], "EPERM", way);
      assert.not.match(String(found.dns), /REACHED/);
    } finally {
      await filterless.close();
    }
  });

  test("a server of the host is out of reach, and would be reached on the host's network", async () => {
    const server = createServer((socket) => socket.end()).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const code = `import socket\ntry:\n    socket.create_connection(("127.0.0.1", ${port}), 3)\n    result = "reached"\nexcept OSError as error:\n    result = error.strerror\n`;
    try {
      assert.not.equal((await runHostile(jail, code)).values.result, "reached");
      const open = { NetworkMode: "host", SecurityOpt: ["seccomp=unconfined"] };
      // The host of an Engine behind tcp is another machine, which has no such server.
      if (resolveEndpoint().endpoint.kind === "unix")
        assert.is(await runLoose(code, { hostConfig: open }), "reached");
    } finally {
      server.close();
    }
  });

  test("processes of one container can talk to each other", async () => {
    assert.equal(
      (await runHostile(jail, readHostile("unix-socket"))).values.result,
      new TextEncoder().encode("ping"),
    );
  });

  test("no socket of an Engine is in sight", async () => {
    assert.equal(resultOf(await runHostile(jail, readHostile("docker-socket"))), []);
  });

  test("nothing of the system can be written, and with a writable root a root could", async () => {
    const found = resultOf(await runHostile(jail, readHostile("write-system")));
    for (const [path, end] of Object.entries(found))
      assert.match(String(end), /^(EROFS|EACCES|EPERM|ENOENT)$/, path);
    const open = await runLoose(readHostile("write-system"), {
      hostConfig: { ReadonlyRootfs: false },
      user: "0:0",
    });
    assert.is((open as Record<string, string>)["/usr/lib/x"], "WROTE");
  });

  test("nothing that one run leaves is there for the next", async () => {
    const left = resultOf(await runHostile(jail, readHostile("leave-traces"))) as unknown as string[];
    assert.ok(left.includes("/tmp") && left.includes("/dev/shm"), String(left));
    assert.equal(resultOf(await runHostile(jail, readHostile("find-traces"))), []);
  });

  test("two runs can bind the same name at the same time", async () => {
    const code = readHostile("same-port");
    const both = await Promise.all([runHostile(jail, code), runHostile(jail, code)]);
    assert.equal(
      both.map(({ values }) => values.result),
      ["bound", "bound"],
    );
  });

  test("no device can be made or opened, and no privilege gained", async () => {
    const found = resultOf(await runHostile(jail, readHostile("devices")));
    for (const [what, end] of Object.entries(found))
      assert.match(String(end), /^(EPERM|EACCES|ENOENT|ENOSYS|EINVAL)$/, what);
    const open = { CapDrop: [], SecurityOpt: [] };
    const loose = (await runLoose(readHostile("devices"), { hostConfig: open, user: "0:0" })) as Record<
      string,
      string
    >;
    assert.equal([loose["mknod-char"], loose.chroot], ["DONE", "DONE"]);
  });

  test("it holds no capability, can gain none, runs filtered, and as nobody", async () => {
    const found = resultOf(await runHostile(jail, readHostile("privileges"))) as Record<string, string[]>;
    for (const set of ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"])
      assert.equal(found[set], ["0000000000000000"], set);
    assert.equal([found.NoNewPrivs, found.Seccomp], [["1"], ["2"]]);
    assert.equal(new Set([...(found.Uid ?? []), ...(found.Gid ?? [])]), new Set(["65534"]));
    assert.equal(
      (found.Groups ?? []).filter((group) => group !== "65534"),
      [],
    );
  });

  test("the image has no program that runs as another user", async () => {
    assert.equal(resultOf(await runHostile(jail, readHostile("setuid-programs"))), []);
  });

  test("nothing of the host's environment is there", async () => {
    process.env.BRIGBOX_SPEC_SECRET = "hunter2";
    const found = resultOf(await runHostile(jail, readHostile("environment")));
    delete process.env.BRIGBOX_SPEC_SECRET;
    assert.not.match(JSON.stringify(found), /hunter2|BRIGBOX/);
    assert.is(found.HOME, "/tmp");
  });

  test("it inherits the standard streams and the pipe of its values, and once it has waited that of its farewell, and no more", async () => {
    const found = resultOf(await runHostile(jail, readHostile("descriptors"))) as Record<string, string>;
    const others = Object.values(found).filter((target) => !target.startsWith("/proc/"));
    const pipes = others.filter((target) => target.startsWith("pipe:")).length;
    // In a container that waited it says by a pipe how it will leave, where the kernel allows for that.
    assert.ok(pipes === 3 || (pipes === 4 && jail.stats().pool !== null), JSON.stringify(found));
    assert.equal(
      others.filter((target) => !target.startsWith("pipe:")),
      ["/dev/null"],
    );
  });

  test("open files end at their limit", async () => {
    const { errno, opened } = resultOf(
      await runHostile(jail, readHostile("exhaust-descriptors"), { openFiles: 100 }),
    );
    assert.is(errno, "EMFILE");
    assert.ok((opened as number) < 100 && (opened as number) > 80, String(opened));
  });

  test("what it dropped cannot be executed or mapped as code, and could where /tmp allows it", async () => {
    const found = resultOf(await runHostile(jail, readHostile("execute-dropped")));
    assert.equal({ ...found }, { tmp: "EACCES", shm: "EACCES", "map-tmp": "EPERM", "map-shm": "EPERM" });
    const open = { Tmpfs: { "/tmp": "rw,exec,mode=1777", "/dev/shm": "rw,noexec,mode=1777" } };
    const loose = (await runLoose(readHostile("execute-dropped"), { hostConfig: open })) as Record<
      string,
      string
    >;
    assert.equal([loose.tmp, loose.shm, loose["map-tmp"]], ["EXECUTED", "EACCES", "DONE"]);
  });
});
