import { readFileSync } from "node:fs";

/** What a schema of the Engine's API description says about a shape: the part of Swagger 2.0 that it uses. */
export interface Shape {
  /** The name of a definition. */
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly (string | number)[];
  readonly items?: Shape;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly additionalProperties?: Shape | boolean;
  readonly required?: readonly string[];
  readonly allOf?: readonly Shape[];
  readonly "x-nullable"?: boolean;
  /** Of parameters. */
  readonly isRequired?: boolean;
}

/** What an operation takes and answers. */
export interface OperationShape {
  readonly path: Readonly<Record<string, Shape>>;
  readonly query: Readonly<Record<string, Shape>>;
  readonly header: Readonly<Record<string, Shape>>;
  readonly body?: Shape | "bytes";
  readonly isBodyRequired?: boolean;
  /** By status; null where nothing is said of the body. */
  readonly answers: Readonly<Record<string, Shape | null>>;
}

/** All shapes of a version of the API. */
export interface ApiShapes {
  readonly source: string;
  readonly version: string;
  readonly definitions: Readonly<Record<string, Shape>>;
  readonly operations: Readonly<Record<string, OperationShape>>;
}

/** The shapes of one of the versions that are described in `spec/fixtures/engine-api`. */
export function readShapes(version: string): ApiShapes {
  return JSON.parse(
    readFileSync(new URL(`../../fixtures/engine-api/shapes-${version}.json`, import.meta.url), "utf8"),
  );
}
