/** What `profiles/monitoring` asks Prometheus. */
import { readFileSync } from "node:fs";
import { parse } from "yaml";

/** The file with the alerts. */
export const alertsFile = "profiles/monitoring/alerts.yaml";

/** An expression, and where it stands. */
export interface Expression {
  /** The alert's name, or the panel's title and the letter of its query. */
  readonly where: string;
  readonly text: string;
}

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly refId: string; readonly expr: string }[];
}

/** The alerts' expressions. */
export function readAlerts(): readonly Expression[] {
  const { groups } = parse(readFileSync(alertsFile, "utf8")) as {
    readonly groups: readonly {
      readonly rules: readonly { readonly alert: string; readonly expr: string }[];
    }[];
  };
  return groups.flatMap(({ rules }) => rules.map(({ alert, expr }) => ({ where: alert, text: expr })));
}

/** The dashboard's expressions, with values for the variables that Grafana fills in. */
export function readPanels(): readonly Expression[] {
  const { panels } = JSON.parse(readFileSync("profiles/monitoring/dashboard.json", "utf8")) as {
    readonly panels: readonly Panel[];
  };
  return panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ refId, expr }) => ({ where: `${title} ${refId}`, text: fillIn(expr) })),
  );
}

/** The names of metrics of ours in an expression. */
export function metricNames(expression: string): readonly string[] {
  return expression.match(/\bbrigbox_\w+/g) ?? [];
}

function fillIn(expression: string): string {
  const filled = expression.replaceAll("$__rate_interval", "1m").replaceAll(/\$(job|instance)\b/g, ".*");
  if (filled.includes("$")) throw new Error(`a variable that Grafana would have to know: ${filled}`);
  return filled;
}
