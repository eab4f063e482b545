const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * The text of UTF-8 bytes. Lone surrogates, which Python and JavaScript both have and UTF-8 has not, are read from the three bytes that
 * Python's `surrogatepass` gives them; other bytes that are no UTF-8 show as U+FFFD.
 */
export function decodeUtf8(bytes: Uint8Array): string {
  const text = utf8.decode(bytes);
  return text.includes("\ufffd") ? decodePieces(bytes) : text;
}

/** UTF-8 of a text, lone surrogates as {@link decodeUtf8} reads them. */
export function encodeUtf8(text: string): Uint8Array {
  if (text.isWellFormed()) return Buffer.from(text, "utf8");
  return Buffer.concat(text.split(/(\p{Surrogate})/u).map(encodePiece));
}

/** With the flag `u` an expression meets surrogates only where they are alone, and `split` puts them at odd places. */
function encodePiece(piece: string, place: number): Uint8Array {
  if (place % 2 === 0) return Buffer.from(piece, "utf8");
  const code = piece.charCodeAt(0);
  return Uint8Array.of(0xed, 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
}

function decodePieces(bytes: Uint8Array): string {
  let text = "";
  let done = 0;
  for (let place = bytes.indexOf(0xed); place !== -1; place = bytes.indexOf(0xed, place + 1)) {
    const [second = 0, third = 0] = bytes.subarray(place + 1, place + 3);
    if (second < 0xa0 || second > 0xbf || third < 0x80 || third > 0xbf) continue;
    text += utf8.decode(bytes.subarray(done, place));
    text += String.fromCharCode(0xd000 | ((second & 0x3f) << 6) | (third & 0x3f));
    done = place + 3;
  }
  return text + utf8.decode(bytes.subarray(done));
}
