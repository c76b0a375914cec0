// Text as UTF-8, exactly: what is not well-formed is refused on both sides, never replaced.

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The UTF-8 bytes, in memory of their own. */
export function encodeText(text: string): Uint8Array {
  return encoder.encode(text)
}

/** Writes them into `target`; gives how many, or -1 when they do not fit. */
export function encodeTextInto(text: string, target: Uint8Array): number {
  const { read, written } = encoder.encodeInto(text, target)
  return read === text.length ? written : -1
}

/** TypeError for bytes that are no UTF-8. */
export function decodeText(bytes: Uint8Array): string {
  return decoder.decode(bytes)
}
