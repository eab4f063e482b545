import type { ApiShapes, Shape } from "./shapes.ts";

/** How strictly a value is checked: what one sends exactly; in an answer null stands for what is not required, and unknown keys are fine. */
export type Strictness = "request" | "answer";

/** What of a value does not fit, in the order in which it is found. */
export interface Misfit {
  /** Where, as a path of keys; items of lists are `[]`. */
  readonly at: string;
  readonly found: string;
}

interface Check {
  readonly definitions: ApiShapes["definitions"];
  readonly strictness: Strictness;
}

/** Every place where a value does not fit its shape. */
export function checkShape(value: unknown, shape: Shape, check: Check, at = ""): readonly Misfit[] {
  const whole = flatten(shape, check.definitions);
  if (value === null) return isNullAllowed(whole) ? [] : [{ at, found: "null" }];
  if (Array.isArray(value)) return checkList(value, whole, check, at);
  if (typeof value === "object")
    return checkObject(value as Readonly<Record<string, unknown>>, whole, check, at);
  return checkScalar(value, whole, check, at);
}

/** Without references and parts: one shape with all that they say. */
export function flatten(shape: Shape, definitions: ApiShapes["definitions"]): Shape {
  const { $ref, allOf = [], ...own } = shape;
  const named = $ref === undefined ? [] : [definitions[$ref] ?? missing($ref)];
  const parts = [...[...named, ...allOf].map((part) => flatten(part, definitions)), own];
  const properties = parts.flatMap((part) => Object.entries(part.properties ?? {}));
  const required = parts.flatMap((part) => part.required ?? []);
  return Object.assign(
    {},
    ...parts,
    properties.length > 0 && { properties: Object.fromEntries(properties) },
    {
      required,
    },
  );
}

function missing(name: string): never {
  throw new Error(`the description has no definition ${name}`);
}

/** A shape that says nothing takes everything. */
function isNullAllowed({ type, "x-nullable": isNullable, properties }: Shape): boolean {
  return isNullable === true || (type === undefined && properties === undefined);
}

function checkList(value: readonly unknown[], shape: Shape, check: Check, at: string): readonly Misfit[] {
  if (shape.type === undefined && shape.properties === undefined) return [];
  if (shape.type !== "array") return [{ at, found: `a list instead of ${kindOf(shape)}` }];
  return value.flatMap((item) => checkShape(item, shape.items ?? {}, check, `${at}[]`));
}

function checkObject(
  value: Readonly<Record<string, unknown>>,
  shape: Shape,
  check: Check,
  at: string,
): readonly Misfit[] {
  const { type, properties = {}, additionalProperties, required = [] } = shape;
  if (type !== undefined && type !== "object")
    return [{ at, found: `an object instead of ${kindOf(shape)}` }];
  const absent = required
    .filter((name) => !(name in value))
    .map((name) => ({ at: `${at}/${name}`, found: "missing" }));
  const isOpen = Object.keys(properties).length === 0 || check.strictness === "answer";
  const present = Object.entries(value).flatMap(([name, field]): readonly Misfit[] => {
    const inner = properties[name];
    if (inner !== undefined) {
      if (field === null && check.strictness === "answer" && !required.includes(name)) return [];
      return checkShape(field, inner, check, `${at}/${name}`);
    }
    if (typeof additionalProperties === "object")
      return checkShape(field, additionalProperties, check, `${at}/*`);
    return isOpen ? [] : [{ at: `${at}/${name}`, found: "not described" }];
  });
  return [...absent, ...present];
}

function checkScalar(value: unknown, shape: Shape, { strictness }: Check, at: string): readonly Misfit[] {
  const { type, properties, enum: values } = shape;
  const isOf =
    type === undefined
      ? properties === undefined
      : type === "integer"
        ? Number.isInteger(value)
        : typeof value === type;
  if (!isOf) return [{ at, found: `a ${typeof value} instead of ${kindOf(shape)}` }];
  // A later Engine may use further words, and the empty one where it says nothing.
  const isKnown =
    values === undefined || values.includes(value as string) || (strictness === "answer" && value === "");
  return isKnown ? [] : [{ at, found: `${JSON.stringify(value)} is none of the words` }];
}

function kindOf({ type, properties }: Shape): string {
  return type ?? (properties === undefined ? "anything" : "object");
}
