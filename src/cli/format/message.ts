// A received message on standard output.

export interface MessageForm {
  /** The bytes and nothing else. */
  readonly raw: boolean
  /** One JSON object per line. */
  readonly json: boolean
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** A message, and what is known of it. */
export interface PrintedMessage {
  readonly address: string
  readonly data: Uint8Array
  /** Of a System V queue. */
  readonly type?: number
  /** Of a POSIX queue. */
  readonly priority?: number
  /** Of a packet. */
  readonly sender?: object
}

export function formatMessage(
  { data, address, ...about }: PrintedMessage,
  { raw, json }: MessageForm,
): Uint8Array | string {
  if (raw) return data
  if (!json) return Buffer.concat([data, Buffer.from('\n')])
  return `${JSON.stringify({ address, ...about, length: data.length, ...contents(data) })}\n`
}

function contents(message: Uint8Array): { readonly text: string } | { readonly base64: string } {
  try {
    return { text: utf8.decode(message) }
  } catch {
    return { base64: Buffer.from(message).toString('base64') }
  }
}
