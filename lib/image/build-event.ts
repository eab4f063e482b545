/** A step of making an image, as it happens. */
export interface ImageBuildEvent {
  /** What is being done, for people; steps that belong together have the same text. */
  readonly phase: string;
  /** The newest line of whatever does it. */
  readonly text: string;
  /** How much of this phase is done, 0 to 1; null where that cannot be known. */
  readonly fraction: number | null;
}
