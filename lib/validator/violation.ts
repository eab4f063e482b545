/** The rules, by number; `R0` is for what cannot be understood. */
export type RuleId =
  | "R0"
  | "R1"
  | "R2"
  | "R3"
  | "R4"
  | "R5"
  | "R6"
  | "R7"
  | "R8"
  | "R9"
  | "R10"
  | "R11"
  | "R12"
  | "R13";

/** Something in the code that a rule forbids. */
export interface Violation {
  readonly rule: RuleId;
  /** One sentence: what is forbidden here, and what to write instead. */
  readonly message: string;
  /** Where it begins, and where it ends: offsets in UTF-16 code units. */
  readonly from: number;
  readonly to: number;
  /** The same as lines and columns, which count from 1; columns in UTF-16 code units. */
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  /** The text itself, at most 80 letters of it. */
  readonly text: string;
}

/** A violation before its place is worked out. */
export type Finding = Pick<Violation, "rule" | "message" | "from" | "to">;
