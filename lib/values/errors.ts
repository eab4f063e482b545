/** Bytes that are no encoded values. They come from untrusted code, so nothing of them is used. */
export class ValueDecodingError extends Error {
  override readonly name = "ValueDecodingError";
}

/** A value that cannot be sent. The message names where it stands. */
export class ValueEncodingError extends TypeError {
  override readonly name = "ValueEncodingError";
}
