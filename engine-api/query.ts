/** What a query parameter may be; `undefined` and `null` leave it out. */
export type QueryValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly (string | number | boolean)[]
  | Readonly<Record<string, unknown>>;

/**
 * A query string with its question mark, or an empty string. Arrays repeat the parameter; objects (filters, build
 * arguments, labels) become JSON, as the Engine wants them.
 *
 * @example
 * formatQuery({ all: true, filters: { label: ["a=b"] } }); // ?all=true&filters=%7B%22label%22%3A%5B%22a%3Db%22%5D%7D
 */
export function formatQuery(query: Readonly<Record<string, QueryValue>> | undefined): string {
  if (query === undefined) return "";
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const text of queryTexts(value)) search.append(name, text);
  }
  const text = search.toString();
  return text === "" ? "" : `?${text}`;
}

/**
 * Fills a path template, each value percent-encoded, slashes too.
 *
 * @throws TypeError for a missing or empty value, which would call another operation.
 */
export function fillPath(
  template: string,
  values: Readonly<Record<string, string | number>> | undefined,
): string {
  if (!template.includes("{")) return template;
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values?.[name];
    if (value === undefined || value === "") throw new TypeError(`${template}: "${name}" must not be empty`);
    const text = encodeURIComponent(value);
    // The Engine's router resolves dot segments before it matches, so these would reach another operation.
    if (text === "." || text === "..") throw new TypeError(`${template}: "${name}" must not be "${text}"`);
    return text;
  });
}

function queryTexts(value: QueryValue): string[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.map(String);
  return [typeof value === "object" ? JSON.stringify(value) : String(value)];
}
