/**
 * Writes what an Engine's API description says about shapes as compact JSON:
 * `npx tsx spec/support/api-shapes/generate.ts DESCRIPTION.yaml...` makes `spec/fixtures/engine-api/shapes-VERSION.json` of each.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { parse } from "yaml";
import { formatJson } from "../record/format-json.ts";
import type { ApiShapes, OperationShape, Shape } from "./shapes.ts";

interface Parameter extends Shape {
  readonly name: string;
  readonly in: "path" | "query" | "header" | "body";
  readonly schema?: Shape;
}

interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly responses: Readonly<Record<string, { readonly schema?: Shape }>>;
  readonly consumes?: readonly string[];
}

interface Description {
  readonly basePath: string;
  readonly definitions: Readonly<Record<string, Shape>>;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** The shapes of a description in YAML. */
export function toShapes(text: string): ApiShapes {
  const { basePath, definitions, paths } = parse(text) as Description;
  const version = basePath.replace("/v", "");
  return {
    source: `https://github.com/moby/moby/blob/master/api/docs/v${version}.yaml, Apache-2.0; shapes only`,
    version,
    definitions: mapValues(definitions, pickShape),
    operations: Object.fromEntries(
      Object.entries(paths).flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, operation]) => [
          `${method.toUpperCase()} ${path}`,
          toOperation(operation),
        ]),
      ),
    ),
  };
}

function toOperation({ parameters = [], responses, consumes = [] }: Operation): OperationShape {
  const named = (place: Parameter["in"]): Readonly<Record<string, Shape>> =>
    Object.fromEntries(
      parameters
        .filter((parameter) => parameter.in === place)
        .map((parameter) => [parameter.name, pickParameter(parameter)]),
    );
  const body = parameters.find((parameter) => parameter.in === "body");
  const isRaw = body?.schema?.type === "string" || consumes.includes("application/x-tar");
  return {
    path: named("path"),
    query: named("query"),
    header: named("header"),
    ...((body?.required as unknown) === true && { isBodyRequired: true }),
    ...(body?.schema !== undefined && { body: isRaw ? "bytes" : pickShape(body.schema) }),
    answers: mapValues(responses, ({ schema }) => (schema === undefined ? null : pickShape(schema))),
  };
}

/** Whether a parameter must be there stands beside its type, where a schema has a list of names. */
function pickParameter({ required, ...shape }: Parameter): Shape {
  return { ...pickShape(shape), ...((required as unknown) === true && { isRequired: true }) };
}

function pickShape(shape: Shape): Shape {
  const { type, enum: values, $ref, items, properties, additionalProperties, required, allOf } = shape;
  return {
    ...($ref !== undefined && { $ref: $ref.replace("#/definitions/", "") }),
    ...(type !== undefined && { type }),
    ...(shape.format === "binary" && { format: "binary" }),
    ...(shape["x-nullable"] === true && { "x-nullable": true }),
    ...(values !== undefined && { enum: values }),
    ...(required !== undefined && { required }),
    ...(items !== undefined && { items: pickShape(items) }),
    ...(properties !== undefined && { properties: mapValues(properties, pickShape) }),
    ...(additionalProperties !== undefined && {
      additionalProperties:
        typeof additionalProperties === "object" ? pickShape(additionalProperties) : additionalProperties,
    }),
    ...(allOf !== undefined && { allOf: allOf.map(pickShape) }),
  };
}

function mapValues<From, To>(
  from: Readonly<Record<string, From>>,
  map: (value: From) => To,
): Readonly<Record<string, To>> {
  return Object.fromEntries(Object.entries(from).map(([name, value]) => [name, map(value)]));
}

function main(paths: readonly string[]): void {
  if (paths.length === 0) throw new TypeError("usage: generate.ts DESCRIPTION.yaml...");
  for (const path of paths) {
    const shapes = toShapes(readFileSync(path, "utf8"));
    const out = new URL(`../../fixtures/engine-api/shapes-${shapes.version}.json`, import.meta.url);
    writeFileSync(out, `${formatJson(shapes)}\n`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) main(process.argv.slice(2));
