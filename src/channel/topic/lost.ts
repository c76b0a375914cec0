/** With `loss: 'error'`: messages were written over before this subscriber read them. The next call goes on behind them. */
export class LostMessagesError extends Error {
  readonly code = 'ERR_LOST_MESSAGES'
  /** How many, exactly. */
  readonly lost: number
  constructor(label: string, lost: number) {
    super(`${label}: ${lost} messages were overwritten before they were read`)
    this.name = 'LostMessagesError'
    this.lost = lost
  }
}
