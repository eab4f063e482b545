/** One way to run a program in a locked-down container. */
export interface Contestant {
  readonly name: string;
  /** Runs `pass` from nothing to nothing left. @throws where it did not end well */
  runOnce(): Promise<void>;
  close(): Promise<void>;
}
