/**
 * Where the Engine's own description of its API is wrong, as the recordings in `spec/fixtures/api-*` show: what `generate-schema.ts` puts
 * right. `spec/fixtures/engine-api/exceptions.json` lists the same by the answers.
 */
import type { Description, Schema } from "./generate-schema.ts";

/** Required fields that the Engine answers null for, as paths from a definition. */
export const nullableFields: readonly string[] = [
  "ImageHistoryResponseItem.Tags",
  "ImageSummary.Labels",
  "ImageSummary.RepoDigests",
  "Plugin.Config.Args.Settable",
  "Plugin.Config.Args.Value",
  "Plugin.Config.Linux.Devices",
  "Plugin.Config.Mounts",
  "Volume.Labels",
  "Volume.Options",
];

/** Fields with another shape than the one that is described. */
export const fieldShapes: Readonly<Record<string, Schema>> = {
  "Plugin.Config.Interface.Types": { type: "array", items: { type: "string" } },
};

const createdObject: Schema = { type: "object", required: ["ID"], properties: { ID: { type: "string" } } };

/** Answers with another shape than the one that is described, by operation and status; null where none has a body. */
export const answerShapes: Readonly<Record<string, Readonly<Record<number, Schema | null>>>> = {
  "POST /secrets/create": { 201: createdObject },
  "POST /configs/create": { 201: createdObject },
  "DELETE /plugins/{name}": { 200: null },
  "HEAD /_ping": { 200: null },
};

/** The description as the Engine has it. Corrections of what a description does not hold are left out. */
export function correctDescription(description: Description): Description {
  const definitions = Object.fromEntries(
    Object.entries(description.definitions).map(([name, schema]) => [name, correctFields(schema, name)]),
  );
  const paths = Object.fromEntries(
    Object.entries(description.paths).map(([path, methods]) => [path, correctAnswers(path, methods)]),
  );
  return { ...description, definitions, paths };
}

function correctFields(schema: Schema, path: string): Schema {
  const shape = fieldShapes[path] ?? schema;
  const own = nullableFields.includes(path) ? { ...shape, "x-nullable": true } : shape;
  if (own.properties === undefined) return own;
  const properties = Object.fromEntries(
    Object.entries(own.properties).map(([name, field]) => [name, correctFields(field, `${path}.${name}`)]),
  );
  return { ...own, properties };
}

type Methods = Description["paths"][string];

function correctAnswers(path: string, methods: Methods): Methods {
  return Object.fromEntries(
    Object.entries(methods).map(([method, operation]) => {
      const shapes = answerShapes[`${method.toUpperCase()} ${path}`];
      if (shapes === undefined) return [method, operation];
      const corrected = Object.entries(shapes).map(([status, schema]) => [
        status,
        schema === null ? {} : { schema },
      ]);
      return [
        method,
        { ...operation, responses: { ...operation.responses, ...Object.fromEntries(corrected) } },
      ];
    }),
  );
}
