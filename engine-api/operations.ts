import type { Operations } from "./schema.ts";

/** An operation's name: method and path template, for example `GET /containers/{id}/json`. */
export type OperationKey = keyof Operations;

/** What an operation answers; `undefined` where the Engine answers with no body. Fields that are not required may be null or missing. */
export type Answer<K extends OperationKey> = Operations[K]["answer"];

/** The body that an operation takes. */
export type OperationBody<K extends OperationKey> = NonNullable<Operations[K]["body"]>;

/** A part of a request: may be left out where nothing in it is required. */
type Part<Name extends string, Value> = keyof Value extends never
  ? { readonly [N in Name]?: Record<string, never> }
  : Record<string, never> extends Value
    ? { readonly [N in Name]?: Value }
    : { readonly [N in Name]: Value };

/** Parameters, body and signal of one call. */
export type RequestOptions<K extends OperationKey> = PathPart<K> &
  Part<"query", Operations[K]["query"]> &
  Part<"headers", Operations[K]["headers"]> &
  Pick<Operations[K], "body"> & {
    readonly signal?: AbortSignal;
    /** The longest that the call may take in all, milliseconds; of a stream, until its body ends. */
    readonly timeoutMs?: number;
  };

type PathPart<K extends OperationKey> = Part<"path", Operations[K]["path"]>;

/** The options as a rest parameter, so that they can be left out where nothing is required. */
export type RequestArguments<K extends OperationKey> =
  Record<string, never> extends RequestOptions<K>
    ? [options?: RequestOptions<K>]
    : [options: RequestOptions<K>];
