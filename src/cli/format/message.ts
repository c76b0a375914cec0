// A received message on standard output.

export interface MessageForm {
  /** The bytes and nothing else. */
  readonly raw: boolean
  /** One JSON object per line. */
  readonly json: boolean
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export function formatMessage(
  message: Uint8Array,
  address: string,
  { raw, json }: MessageForm,
): Uint8Array | string {
  if (raw) return message
  if (!json) return Buffer.concat([message, Buffer.from('\n')])
  return `${JSON.stringify({ address, length: message.length, ...contents(message) })}\n`
}

function contents(message: Uint8Array): { readonly text: string } | { readonly base64: string } {
  try {
    return { text: utf8.decode(message) }
  } catch {
    return { base64: Buffer.from(message).toString('base64') }
  }
}
