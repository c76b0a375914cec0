// A stream of bytes, to its end.
import assert from 'node:assert/strict'
import type { PipeReader } from 'hutong'

/** What comes until the end, as text; closes the reader. */
export async function textOf(reader: PipeReader | undefined): Promise<string> {
  assert.ok(reader !== undefined, 'there is nothing to read')
  const chunks: Uint8Array[] = []
  for await (const chunk of reader) chunks.push(chunk)
  reader.close()
  return Buffer.concat(chunks).toString()
}
