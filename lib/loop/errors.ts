/** A proposer could not give a proposal this time: a model that answered without code, a service that is down. The loop asks again, a few times. */
export class ProposalError extends Error {
  override readonly name = "ProposalError";
}

/** A loop's journal cannot be used: it is another loop's, in use, damaged, or cannot be written. Nothing in it was changed. */
export class JournalError extends Error {
  override readonly name = "JournalError";
  /** 1-based line of the journal, or null. */
  readonly line: number | null;

  constructor(
    message: string,
    { line = null, cause }: { readonly line?: number | null; readonly cause?: unknown } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.line = line;
  }
}
