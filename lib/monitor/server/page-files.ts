import { readFileSync } from "node:fs";
import { packageFile } from "../../package-file.ts";
import type { Answer } from "./answer.ts";

/** What the page consists of, by path. */
const files: Readonly<Record<string, readonly [name: string, type: string]>> = {
  "/": ["index.html", "text/html; charset=utf-8"],
  "/page.css": ["page.css", "text/css; charset=utf-8"],
  "/charts.css": ["charts.css", "text/css; charset=utf-8"],
  "/icon.svg": ["icon.svg", "image/svg+xml"],
  ...Object.fromEntries(
    ["page.js", "view.js", "sections.js", "charts.js", "dom.js", "format.js"].map((name) => [
      `/${name}`,
      [name, "text/javascript; charset=utf-8"] as const,
    ]),
  ),
};

/** The page's files, read once. */
export function readPageFiles(): ReadonlyMap<string, Answer> {
  return new Map(
    Object.entries(files).map(([path, [name, type]]) => [
      path,
      { status: 200, type, body: readFileSync(packageFile(`lib/monitor/page/${name}`)) },
    ]),
  );
}
