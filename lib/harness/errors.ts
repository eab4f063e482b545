/** The supervisor, or something that pretends to be it, did not keep to the protocol. Nothing that it said is believed any more. */
export class HarnessProtocolError extends Error {
  override readonly name = "HarnessProtocolError";
}
