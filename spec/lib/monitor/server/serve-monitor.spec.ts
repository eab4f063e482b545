import { once } from "node:events";
import { connect } from "node:net";
import * as assert from "uvu/assert";
import { ConfigError } from "../../../../lib/errors.ts";
import { createMetrics } from "../../../../lib/metrics/mod.ts";
import {
  type MonitorServer,
  type ServeMonitorOptions,
  serveMonitor,
} from "../../../../lib/monitor/server/serve-monitor.ts";
import { rejectionOf } from "../../../support/catch-error.ts";
import { eventually } from "../../../support/eventually.ts";
import { type Answered, ask } from "../../../support/monitor/ask.ts";
import { emptySnapshot, type FakeMonitor, fakeMonitor } from "../../../support/monitor/fake-monitor.ts";
import { suite } from "../../../support/suite.ts";

const test = suite("the monitor's server");

async function served(
  body: (server: MonitorServer, monitor: FakeMonitor) => Promise<void>,
  options: ServeMonitorOptions = {},
): Promise<void> {
  const monitor = fakeMonitor();
  await using server = await serveMonitor(monitor, { port: 0, ...options });
  await body(server, monitor);
}

const is = ({ status, headers }: Answered): unknown[] => [status, headers["content-type"]];

test("the page and its parts are served, and nothing else of its folder", () =>
  served(async ({ url }) => {
    const page = await ask(url);
    assert.equal(is(page), [200, "text/html; charset=utf-8"]);
    const parts = [...page.body.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, path]) => path ?? "");
    assert.ok(parts.includes("page.js") && parts.includes("page.css"));
    for (const path of parts) assert.is((await ask(url + path)).status, 200, path);
    const script = await ask(`${url}page.js`);
    assert.equal(is(script), [200, "text/javascript; charset=utf-8"]);
    for (const path of ["index.html", "server/routes.ts", "page", "page.js/x", "/page.js"])
      assert.is((await ask(url + path)).status, 404, path);
  }));

test("every module that the page imports is served", () =>
  served(async ({ url }) => {
    const waiting = ["page.js"];
    const seen = new Set<string>();
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      if (seen.has(path)) continue;
      seen.add(path);
      const { status, body } = await ask(url + path);
      assert.is(status, 200, path);
      waiting.push(...[...body.matchAll(/from "\.\/([^"]+)"/g)].map(([, name]) => name ?? ""));
    }
    assert.ok(seen.size > 4, [...seen].join());
  }));

test("nothing on the page is written into it or comes from elsewhere", () =>
  served(async ({ url }) => {
    const { body } = await ask(url);
    assert.not.match(body, /<script(?![^>]* src=)|<style|\sstyle=|\son\w+=|https?:\/\//);
    for (const path of ["page.js", "view.js", "sections.js", "charts.js", "dom.js"])
      assert.not.match(
        (await ask(url + path)).body,
        /innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(/,
      );
  }));

test("every answer says that nobody may frame it, sniff it, run others' scripts in it, or keep it", () =>
  served(async ({ url }) => {
    for (const [path, question] of [
      ["", {}],
      ["snapshot.json", {}],
      ["nothing", {}],
      ["", { method: "POST" }],
      ["", { headers: { host: "evil.example" } }],
      ["events", { method: "HEAD" }],
    ] as const) {
      const { headers } = await ask(url + path, question);
      const csp = String(headers["content-security-policy"]);
      assert.match(csp, /^default-src 'none'; script-src 'self'; style-src 'self';/);
      assert.match(csp, /frame-ancestors 'none'/);
      assert.not.match(csp, /unsafe/);
      assert.equal(
        ["x-content-type-options", "x-frame-options", "cache-control", "access-control-allow-origin"].map(
          (name) => headers[name],
        ),
        ["nosniff", "DENY", "no-store", undefined],
      );
    }
  }));

for (const [host, status] of [
  ["localhost:PORT", 200],
  ["127.0.0.1:PORT", 200],
  ["[::1]:PORT", 200],
  ["LOCALHOST:PORT", 200],
  ["localhost", 403],
  ["localhost:1", 403],
  ["evil.example:PORT", 403],
  ["localhost.evil.example:PORT", 403],
  ["localhost:PORT.evil.example", 403],
  ["192.168.0.1:PORT", 403],
] as const)
  test(`on a loopback address the name ${host} is answered with ${status}`, () =>
    served(async ({ url, port }) => {
      const headers = { host: host.replace("PORT", String(port)) };
      for (const path of ["", "snapshot.json", "events"]) {
        // A stream has no end: its head is enough.
        const method = path === "events" ? "HEAD" : "GET";
        assert.is((await ask(url + path, { method, headers })).status, status, path);
      }
    }));

test("what counts is the address that it listens on, however that was named", async () => {
  for (const host of ["127.0.0.2", "::ffff:127.0.0.1", "localhost", "LOCALHOST"]) {
    await using server = await serveMonitor(fakeMonitor(), { port: 0, host });
    assert.is(server.isPublic, false, host);
    assert.is((await ask(`${server.url}healthz`)).status, 200, host);
    const headers = { host: `evil.example:${server.port}` };
    assert.is((await ask(`${server.url}healthz`, { headers })).status, 403, host);
  }
  await using open = await serveMonitor(fakeMonitor(), { port: 0, host: "0.0.0.0" });
  assert.is(open.isPublic, true);
});

test("on another address any name is answered: who reaches it was let in by its owner", () =>
  served(
    async ({ port }) => {
      const url = `http://127.0.0.1:${port}/healthz`;
      assert.is((await ask(url, { headers: { host: "monitor.example" } })).status, 200);
    },
    { host: "0.0.0.0" },
  ));

test("only GET and HEAD are answered, and HEAD without a body", () =>
  served(async ({ url }) => {
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"]) {
      const { status, headers } = await ask(url, { method });
      assert.equal([status, headers["allow"]], [405, "GET, HEAD"]);
    }
    const { status, headers, body } = await ask(url, { method: "HEAD" });
    assert.equal([status, body], [200, ""]);
    assert.ok(Number(headers["content-length"]) > 1000);
  }));

test("the snapshot is served as JSON", () =>
  served(async ({ url }) => {
    const answer = await ask(`${url}snapshot.json?x=1`);
    assert.equal(is(answer), [200, "application/json"]);
    assert.equal(JSON.parse(answer.body), emptySnapshot);
  }));

test("the process is healthy whatever the Engine does, and ready while the Engine answers", () =>
  served(async ({ url }, monitor) => {
    const states = [
      [{ state: "up" }, 200, "ok\n"],
      [{ state: "gone", message: "no such socket" }, 503, "the Engine is gone: no such socket\n"],
      [{ state: "unknown" }, 503, "the Engine has not answered yet\n"],
    ] as const;
    for (const [engine, status, body] of states) {
      monitor.current = { ...emptySnapshot, engine: { ...emptySnapshot.engine, ...engine } };
      assert.is((await ask(`${url}healthz`)).status, 200);
      const answer = await ask(`${url}readyz`);
      assert.equal([answer.status, answer.body], [status, body]);
    }
  }));

test("without a source of metrics it is said what gives one", () =>
  served(async ({ url }) => {
    const { status, body } = await ask(`${url}metrics`);
    assert.is(status, 404);
    assert.match(body, /install prom-client .*createMetrics\(\)/);
  }));

test("metrics are served as their source gives them, and what it fails at is no one's business", async () => {
  const contentType = "text/plain; version=0.0.4; charset=utf-8";
  let metrics = async (): Promise<string> => "brigbox_runs_total 5\n";
  await served(
    async ({ url }) => {
      const answer = await ask(`${url}metrics`);
      assert.equal([...is(answer), answer.body], [200, contentType, "brigbox_runs_total 5\n"]);
      metrics = async () => {
        throw new Error("s3cret");
      };
      const failed = await ask(`${url}metrics`);
      assert.is(failed.status, 500);
      assert.not.match(failed.body, /s3cret/);
    },
    { metrics: { contentType, metrics: () => metrics() } },
  );
});

test("what createMetrics() gives is a source of metrics too", async () => {
  using metrics = createMetrics();
  await served(
    async ({ url }) => {
      const answer = await ask(`${url}metrics`);
      assert.equal(is(answer), [200, metrics.contentType]);
      assert.match(answer.body, /^brigbox_runs_started_total 0$/m);
    },
    { metrics },
  );
});

test("a port that is taken, an address of others and a port that is none are refused in one line", async () => {
  await served(async ({ port }) => {
    const monitor = fakeMonitor();
    await rejectionOf(
      serveMonitor(monitor, { port }),
      ConfigError,
      new RegExp(`^monitor: port ${port} of 127.0.0.1 is taken by another program; choose another port$`),
    );
    await rejectionOf(
      serveMonitor(monitor, { port: 0, host: "192.0.2.1" }),
      ConfigError,
      /no address of this machine/,
    );
    for (const wrong of [-1, 65_536, 1.5, Number.NaN])
      await rejectionOf(serveMonitor(monitor, { port: wrong }), ConfigError, /whole number from 0 to 65535/);
    await rejectionOf(
      serveMonitor(monitor, { bind: "x" } as object),
      ConfigError,
      /unknown monitor server option/,
    );
  });
});

test("what is no HTTP, and a head without end, are cut off", () =>
  served(async ({ port }) => {
    for (const bytes of [
      "nonsense\r\n\r\n",
      `GET / HTTP/1.1\r\nHost: localhost:${port}\r\nx: ${"x".repeat(20_000)}`,
    ]) {
      const socket = connect(port, "127.0.0.1");
      let answer = "";
      socket.on("data", (piece) => {
        answer += String(piece);
      });
      socket.on("error", () => undefined).write(bytes);
      await once(socket, "close");
      assert.match(answer, /^HTTP\/1\.1 4\d\d /);
    }
  }));

test("closing it ends all connections", async () => {
  const server = await serveMonitor(fakeMonitor(), { port: 0 });
  const socket = connect(server.port, "127.0.0.1");
  await once(socket, "connect");
  let isClosed = false;
  socket
    .resume()
    .on("error", () => undefined)
    .once("close", () => {
      isClosed = true;
    });
  await server.close();
  await eventually(() => isClosed);
});

test.run();
