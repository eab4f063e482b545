import type { RecordedAnswer, Recording } from "../record/recording.ts";
import { checkShape, flatten, type Misfit } from "./check-shape.ts";
import type { ApiShapes, OperationShape, Shape } from "./shapes.ts";

/** Every place where a recorded request does not fit what the description of its version says: names, types, the body. */
export function checkRequest({ operation, request }: Recording, shapes: ApiShapes): readonly Misfit[] {
  const shape = shapes.operations[operation];
  if (shape === undefined) return [{ at: "operation", found: "not described" }];
  return [
    ...checkUrl(request.url, operation, shapes.version),
    ...checkParameters(request.path, shape.path, "path"),
    ...checkParameters(request.query, shape.query, "query"),
    ...checkParameters(request.headers, shape.header, "header"),
    ...checkQueryOfUrl(request.url, shape),
    ...checkBody(request, shape, shapes),
  ];
}

/** Every place where a recorded answer does not fit. */
export function checkAnswer({ operation, answer }: Recording, shapes: ApiShapes): readonly Misfit[] {
  const shape = shapes.operations[operation];
  if (shape === undefined) return [];
  const expected = shape.answers[answer.status];
  if (expected === undefined) return [{ at: "status", found: String(answer.status) }];
  const values = answer.lines ?? (answer.json === undefined ? [] : [answer.json]);
  // Progress is described nowhere, and of a stream of bytes there is nothing to say.
  if (expected === null || isBytes(expected) || operation.startsWith("HEAD ")) return [];
  if (values.length === 0)
    return [{ at: "body", found: describeBody(answer) }].filter(() => !isText(expected, answer));
  return values.flatMap((value) =>
    checkShape(value, expected, { definitions: shapes.definitions, strictness: "answer" }),
  );
}

function isBytes({ type, format }: Shape): boolean {
  return type === "string" && format === "binary";
}

function isText({ type }: Shape, { text }: RecordedAnswer): boolean {
  return type === "string" && text !== undefined;
}

function describeBody({ text, frames, archive }: RecordedAnswer): string {
  if (text !== undefined) return "text instead of JSON";
  return frames !== undefined || archive !== undefined ? "bytes instead of JSON" : "nothing instead of JSON";
}

function checkUrl(url: string, operation: string, version: string): readonly Misfit[] {
  const [, template = ""] = operation.split(" ");
  const path = url.split("?")[0]?.replace(/^\/v\d+\.\d+(?=\/)/, "") ?? "";
  const pattern = new RegExp(`^${template.replace(/\{\w+\}/g, "[^/]+")}$`);
  return pattern.test(path) ? [] : [{ at: "url", found: `no address of API ${version}'s template` }];
}

function checkParameters(
  given: Readonly<Record<string, unknown>> = {},
  described: Readonly<Record<string, Shape>>,
  place: string,
): readonly Misfit[] {
  const absent = Object.entries(described).filter(([name, { isRequired }]) => isRequired && !(name in given));
  const present = Object.entries(given).flatMap(([name, value]): readonly Misfit[] => {
    const shape = described[name];
    if (shape === undefined) return [{ at: `${place}/${name}`, found: "not described" }];
    return checkParameter(value, shape, name, `${place}/${name}`);
  });
  return [...absent.map(([name]) => ({ at: `${place}/${name}`, found: "missing" })), ...present];
}

/** Filters and lists are declared as texts, which the client makes of them. */
function checkParameter(value: unknown, shape: Shape, name: string, at: string): readonly Misfit[] {
  const isMadeText =
    name === "filters" ? typeof value === "object" : Array.isArray(value) && shape.type === "string";
  return isMadeText ? [] : checkShape(value, shape, { definitions: {}, strictness: "request" }, at);
}

function checkQueryOfUrl(url: string, { query }: OperationShape): readonly Misfit[] {
  const names = [...new URLSearchParams(url.split("?")[1] ?? "").keys()];
  return names
    .filter((name) => !(name in query))
    .map((name) => ({ at: `url/${name}`, found: "not described" }));
}

function checkBody(
  request: Recording["request"],
  { body, isBodyRequired }: OperationShape,
  shapes: ApiShapes,
): readonly Misfit[] {
  if (isBodyRequired && request.body === undefined && request.archive === undefined)
    return [{ at: "body", found: "missing" }];
  if (body === "bytes")
    return request.body === undefined ? [] : [{ at: "body", found: "JSON instead of bytes" }];
  if (request.archive !== undefined) return [{ at: "body", found: "bytes instead of JSON" }];
  if (request.body === undefined) return [];
  if (body === undefined) return [{ at: "body", found: "not described" }];
  const whole = flatten(body, shapes.definitions);
  return checkShape(request.body, whole, { definitions: shapes.definitions, strictness: "request" });
}
