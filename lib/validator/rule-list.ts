import type { RuleId } from "./violation.ts";

/** What a rule is about, for reports. */
export interface RuleInfo {
  readonly id: RuleId;
  /** A few words, for example `imports`. */
  readonly title: string;
  /** Why it exists. */
  readonly help: string;
}

/** All rules of the mode `strict`, in order. */
export const ruleList: readonly RuleInfo[] = [
  {
    id: "R0",
    title: "text that cannot be understood",
    help: "What the parser cannot place, Python might read as something else.",
  },
  {
    id: "R1",
    title: "imports",
    help: "Only modules that cannot reach the system may be imported; policy.imports adds more.",
  },
  {
    id: "R2",
    title: "dangerous builtins",
    help: "eval, exec, open and their like must not be named, since a name can be passed on and called elsewhere.",
  },
  {
    id: "R3",
    title: "private attributes",
    help: "Attributes with underscores and those of frames and code objects lead from any object to the interpreter.",
  },
  {
    id: "R4",
    title: "modules within modules",
    help: "Allowed modules hold others, such as os, as attributes.",
  },
  {
    id: "R5",
    title: "files",
    help: "Methods of pandas and numpy read and write files, and unpickle, which runs code.",
  },
  {
    id: "R6",
    title: "query and eval of pandas",
    help: "Their text is code; it must be literal, and without the ways to Python.",
  },
  {
    id: "R7",
    title: "format templates",
    help: "str.format follows attributes and so reads what it should not; f-strings do the same in plain sight.",
  },
  { id: "R8", title: "decorators", help: "A decorator is a call without parentheses." },
  { id: "R9", title: "metaclasses and special methods", help: "They run code where none is seen." },
  { id: "R10", title: "class patterns", help: "A class pattern reads attributes by name." },
  {
    id: "R11",
    title: "the text itself",
    help: "Cookies, invisible letters and look-alikes make Python read something else than people do.",
  },
  {
    id: "R12",
    title: "size",
    help: "Code that is too long or too deeply nested can crash the interpreter before it runs.",
  },
  {
    id: "R13",
    title: "methods by name",
    help: "agg, apply and transform call the method that a text names.",
  },
];
