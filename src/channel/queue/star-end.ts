// What producers and workers of a queue that a process holds have in common: the channel to who holds it.
import type { WaitOptions } from '../../wait/options.ts'
import type { Channel } from '../channel.ts'
import type { Closed } from '../closed.ts'

export abstract class StarEnd<F> {
  protected readonly channel: Channel<F>

  protected constructor(channel: Channel<F>) {
    this.channel = channel
  }

  get label(): string {
    return this.channel.label
  }

  get closed(): Promise<Closed> {
    return this.channel.closed
  }

  ref(): this {
    this.channel.ref()
    return this
  }

  unref(): this {
    this.channel.unref()
    return this
  }

  close(options?: WaitOptions): Promise<void> {
    return this.channel.close(options)
  }

  destroy(): void {
    this.channel.destroy()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  [Symbol.dispose](): void {
    this.destroy()
  }
}
