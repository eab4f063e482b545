/** Where a name certainly has a value. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** What a scope knows of a name that gets a value in it. */
export interface Bound {
  /** Where it certainly has the value, whichever way the code takes. */
  readonly certain: Range[];
  /** What it was imported as: a module, or a module and a name in it, for example `numpy.linalg`. */
  readonly origins: Set<string>;
  /** How many times it gets a value that is neither imported nor a function or class of the code. */
  others: number;
}

/** A piece of code with names of its own. */
export interface Scope {
  readonly kind: "module" | "function" | "class" | "comprehension";
  readonly parent: Scope | null;
  readonly bindings: Map<string, Bound>;
  /** Names that `global` takes from the module. */
  readonly globals: Set<string>;
  /** Names that `nonlocal` takes from a function further out. */
  readonly nonlocals: Set<string>;
  readonly from: number;
  /** Of a function: what its first parameter is called. */
  firstParameter: string | null;
  /** Of a comprehension: what it runs over first, which is worked out before it has any name of its own. */
  readonly outside: Range | null;
}

/** A new scope inside of another one. */
export function createScope(
  kind: Scope["kind"],
  parent: Scope | null,
  place: { readonly from: number; readonly outside?: Scope["outside"] },
): Scope {
  return {
    kind,
    parent,
    bindings: new Map(),
    globals: new Set(),
    nonlocals: new Set(),
    from: place.from,
    firstParameter: null,
    outside: place.outside ?? null,
  };
}

/** Notes that a name gets a value in a scope, and returns what is known of it there: certainly within a range, or only perhaps; by an import, or otherwise. */
export function bind(
  scope: Scope,
  name: string,
  {
    certain = null,
    origin = null,
    isDefinition = false,
  }: {
    readonly certain?: Range | null;
    readonly origin?: string | null;
    readonly isDefinition?: boolean;
  } = {},
): Bound {
  const bound = scope.bindings.get(name) ?? { certain: [], origins: new Set(), others: 0 };
  scope.bindings.set(name, bound);
  if (certain !== null) bound.certain.push(certain);
  if (origin !== null) bound.origins.add(origin);
  else if (!isDefinition) bound.others++;
  // By `global` or `nonlocal` the name is one of a scope further out, and which one does not matter here.
  if (!scope.globals.has(name) && !scope.nonlocals.has(name)) return bound;
  for (let outer = scope.parent; outer !== null; outer = outer.parent) {
    const shared = outer.bindings.get(name) ?? { certain: [], origins: new Set(), others: 0 };
    outer.bindings.set(name, shared);
    if (origin !== null) shared.origins.add(origin);
    else shared.others++;
  }
  return bound;
}

/** Where an assignment inside of this scope puts its name: comprehensions have loop variables only. */
export function targetScope(scope: Scope): Scope {
  let target = scope;
  while (target.kind === "comprehension" && target.parent !== null) target = target.parent;
  return target;
}

/** A name at an offset. */
export interface Place {
  readonly scope: Scope;
  readonly name: string;
  readonly at: number;
}

/** Every scope that may give a name its value, the nearest first: a class that does not, or a name taken from outside, leaves it to others. */
export function scopesOf(place: Place): readonly Scope[] {
  const found: Scope[] = [];
  findScope(place, (scope) => {
    if (!scope.bindings.has(place.name)) return false;
    found.push(scope);
    return scope.kind !== "class" && !scope.nonlocals.has(place.name);
  });
  return found;
}

/** The scope whose bindings decide what a name means at an offset; null where nothing in the code binds it. */
export function resolveScope(place: Place): Scope | null {
  return findScope(
    place,
    ({ bindings, nonlocals }) => bindings.has(place.name) && !nonlocals.has(place.name),
  );
}

/** The first of the scopes in which Python looks for a name, from the inside out, that `isIt` accepts; behind a `global` the module alone. */
function findScope({ scope, name, at }: Place, isIt: (scope: Scope) => boolean): Scope | null {
  let isFirst = true;
  for (let current: Scope | null = scope; current !== null; ) {
    const { outside, kind } = current;
    const parent: Scope | null = current.parent;
    const isOutside: boolean = outside !== null && at >= outside.from && at < outside.to;
    const isVisible = !isOutside && (isFirst || kind !== "class");
    if (isVisible && current.globals.has(name) && parent !== null) {
      current = moduleOf(current);
      continue;
    }
    if (isVisible && isIt(current)) return current;
    isFirst = isFirst && kind === "comprehension";
    current = parent;
  }
  return null;
}

function moduleOf(scope: Scope): Scope {
  let current = scope;
  while (current.parent !== null) current = current.parent;
  return current;
}

/**
 * True where a name that is also a builtin's cannot mean the builtin at an offset: a function's own name always, a name of the module only
 * behind a statement that certainly gave it a value.
 *
 * @param deleted names that some `del`, or the end of an `except`, takes away again.
 */
export function hidesBuiltin(place: Place, deleted: ReadonlySet<string>): boolean {
  const { scope, at, name } = place;
  if (deleted.has(name)) return false;
  const owner = resolveScope(place);
  if (owner === null) return false;
  if (owner.kind === "function" || owner.kind === "comprehension") return true;
  if (owner.kind === "class") return false;
  // A function that stands before the assignment may also be called before it.
  const usedAt = outermostFunction(scope)?.from ?? at;
  return (owner.bindings.get(name)?.certain ?? []).some(({ from, to }) => from <= usedAt && at < to);
}

function outermostFunction(scope: Scope): Scope | null {
  let found: Scope | null = null;
  for (let current: Scope | null = scope; current !== null; current = current.parent)
    if (current.kind === "function") found = current;
  return found;
}
