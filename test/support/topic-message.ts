// Messages that tell their number and whether they are whole.

const HEAD = 8

function checksum(bytes: Uint8Array): number {
  let sum = bytes.length
  for (const byte of bytes) sum = (Math.imul(sum, 31) + byte) | 0
  return sum
}

/** Message `number`, `length` bytes behind its head. */
export function numbered(number: number, length: number): Uint8Array {
  const message = new Uint8Array(HEAD + length)
  for (let i = 0; i < length; i++) message[HEAD + i] = number + i
  const view = new DataView(message.buffer)
  view.setInt32(0, number)
  view.setInt32(4, checksum(message.subarray(HEAD)) ^ number)
  return message
}

/** The number of a message; throws when it is not as it was made. */
export function numberOf(message: Uint8Array): number {
  const view = new DataView(message.buffer, message.byteOffset, message.length)
  const number = view.getInt32(0)
  if ((checksum(message.subarray(HEAD)) ^ number) !== view.getInt32(4))
    throw new Error(`message ${number} is torn`)
  return number
}
