// What a peer that breaks the protocol costs: an error on that channel, nothing else.

/**
 * The peer wrote into shared memory, or onto the wire, what the protocol does not allow. The channel is closed; `what`
 * tells which rule it broke.
 */
export class CorruptPeerError extends Error {
  readonly code = 'ERR_CORRUPT_PEER'
  constructor(label: string, what: string) {
    super(`${label}: the peer broke the protocol: ${what}`)
    this.name = 'CorruptPeerError'
  }
}
