// An address for a block of native/: in two halves, so that a call stores two small integers and nothing is marshalled.

export interface Address {
  readonly low: number
  readonly high: number
}

export function split(address: number): Address {
  return { low: address | 0, high: Math.floor(address / 2 ** 32) }
}
