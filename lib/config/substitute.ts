/** The environment, or what stands for it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What became of a text with variables. */
export type Substitution =
  | { readonly kind: "plain"; readonly text: string }
  /** `variables` name where the text comes from, since the text itself may be a secret. */
  | { readonly kind: "substituted"; readonly text: string; readonly variables: readonly string[] }
  | { readonly kind: "fault"; readonly message: string };

/** `$${`, `${NAME}`, `${NAME:-default}`, or a `${` that is none of them. */
const pattern = /\$\$\{|\$\{(?:([A-Za-z_]\w*)(?::-([^}]*))?\}|)/g;

const noVariable = `"$\{" begins no variable here; write $\{NAME}, $\{NAME:-default}, or $$\{ for the text itself`;

/**
 * Puts the environment's values into a text: `${NAME}` must be set, `${NAME:-default}` falls back where it is unset or empty, and
 * `$${` stands for `${` itself. What was put in is not looked at again.
 *
 * @example
 * substitute("${LIMIT:-2GiB}", {}); // { kind: "substituted", text: "2GiB", variables: ["LIMIT"] }
 */
export function substitute(text: string, environment: Environment): Substitution {
  const variables: string[] = [];
  let fault: string | null = null;
  const replaced = text.replace(pattern, (whole, name: string | undefined, fallback: string | undefined) => {
    if (whole === "$${") return "${";
    if (name === undefined) {
      fault ??= noVariable;
      return "";
    }
    variables.push(name);
    const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
    if (value !== undefined && (value !== "" || fallback === undefined)) return value;
    if (fallback === undefined)
      fault ??= `the variable ${name} is not set; set it, or write \${${name}:-default}`;
    return fallback ?? "";
  });
  if (fault !== null) return { kind: "fault", message: fault };
  return variables.length === 0
    ? { kind: "plain", text: replaced }
    : { kind: "substituted", text: replaced, variables };
}
