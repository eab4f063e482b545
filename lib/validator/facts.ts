import type { CodeNode, Extent } from "./code-tree.ts";
import type { Bound, Scope } from "./scopes.ts";

/** A name that is read, and where. */
export interface NameUse {
  readonly name: string;
  readonly node: CodeNode;
  readonly scope: Scope;
}

/** An attribute that is read or written: `a.b.c` is two. */
export interface AttributeUse {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly node: CodeNode;
  readonly scope: Scope;
}

/** A node, and the scope that it is in. */
export interface ScopedNode {
  readonly node: CodeNode;
  readonly scope: Scope;
}

/** What one walk over the tree has found; rules that need to know all of it first look here. */
export interface Facts {
  readonly names: NameUse[];
  /** Names that are given a value, parameters and aliases included. */
  readonly bound: NameUse[];
  readonly attributes: AttributeUse[];
  /** Names that an import binds somewhere. */
  readonly imported: Set<string>;
  /** Names that `del` or the end of an `except` takes away. */
  readonly deleted: Set<string>;
  /** Functions and classes with decorators, and the name at the beginning of each of these. */
  readonly decorated: { readonly bound: Bound; readonly decorators: readonly string[] }[];
  /** Names of functions that the code defines itself. */
  readonly ownFunctions: Set<string>;
  /** Names of attributes that the code gives to its own objects: of classes, their methods, and what is assigned to `self`. */
  readonly ownNames: Set<string>;
  /** Nodes that rules look at, by their names. */
  readonly nodes: Map<string, ScopedNode[]>;
  readonly comments: readonly Extent[];
  /** Text that stands in no node, or in one that the parser could not place. */
  readonly odd: readonly Extent[];
  readonly maxDepth: number;
}
