// The part of the addon that is native/mqueue.c; as src/sys/native.ts.
import type { BufferSource } from './native.ts'

/** The fields of `struct mq_attr`. */
export type QueueAttributes = readonly [flags: number, maxmsg: number, msgsize: number, curmsgs: number]

export interface NativeMqueue {
  mq_open(name: string, flags: number, mode: number, maxmsg?: number, msgsize?: number): number
  mq_unlink(name: string): number
  mq_timedsend(
    fd: number,
    buffer: BufferSource,
    priority: number,
    seconds?: number,
    nanoseconds?: number,
  ): number
  mq_timedreceive(
    fd: number,
    buffer: BufferSource,
    priority: Uint32Array,
    seconds?: number,
    nanoseconds?: number,
  ): number
  mq_notify(fd: number, how: number, signal: number, value: number): number
  mq_getsetattr(fd: number, flags?: number): QueueAttributes | number
  mqBlock(): ArrayBuffer | number
  mqQuickSend(): void
  mqQuickReceive(): void
}
