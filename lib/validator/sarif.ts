import { ruleList } from "./rule-list.ts";
import type { Violation } from "./violation.ts";

/** What was found in one file. */
export interface FileReport {
  readonly file: string;
  readonly ok: boolean;
  readonly violations: readonly Violation[];
}

/** Reports as SARIF 2.1.0, which code hosts show beside the code. */
export function toSarif(reports: readonly FileReport[], version: string): object {
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "brigbox", semanticVersion: version, rules: ruleList.map(toRule) } },
        columnKind: "utf16CodeUnits",
        results: reports.flatMap(({ file, violations }) =>
          violations.map((violation) => toResult(file, violation)),
        ),
      },
    ],
  };
}

function toRule({ id, title, help }: (typeof ruleList)[number]): object {
  return {
    id,
    name: title.replace(/(?:^|\s+)(\w)/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: title },
    fullDescription: { text: help },
    help: { text: help },
    defaultConfiguration: { level: "error" },
  };
}

function toResult(
  file: string,
  { rule, message, line, column, endLine, endColumn, text }: Violation,
): object {
  return {
    ruleId: rule,
    ruleIndex: ruleList.findIndex(({ id }) => id === rule),
    level: "error",
    message: { text: message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: toUri(file) },
          region: {
            startLine: line,
            startColumn: column,
            endLine,
            endColumn: Math.max(endColumn, endLine === line ? column : 1),
            snippet: { text },
          },
        },
      },
    ],
  };
}

/** A relative path stays relative, so that a code host finds the file in its own checkout. */
function toUri(file: string): string {
  const path = file.split(/[\\/]/).map(encodeURIComponent).join("/");
  return file.startsWith("/") ? `file://${path}` : path;
}
