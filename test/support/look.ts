// Looking at this host as the inspector shows it.
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Attachment, collect, type Host, type IpcObject } from 'hutong/inspect'

/** The one object that fits, as its kind. */
export function find<K extends IpcObject['kind']>(
  { objects }: Host,
  kind: K,
  fits: (object: Extract<IpcObject, { kind: K }>) => boolean,
): Extract<IpcObject, { kind: K }> {
  const found = objects.filter((object): object is Extract<IpcObject, { kind: K }> => object.kind === kind)
  const [one, ...more] = found.filter(fits)
  assert.ok(one !== undefined && more.length === 0, `${more.length + (one ? 1 : 0)} ${kind} objects fit`)
  return one
}

/** A process's holds on an object. */
export function holds({ attachments }: Host, { id }: IpcObject, pid: number): Attachment[] {
  return attachments.filter((one) => one.object === id && one.pid === pid)
}

const PATIENCE = 20_000

/** Looks until what is awaited can be seen. */
export async function lookUntil(shows: (host: Host) => boolean): Promise<Host> {
  const end = performance.now() + PATIENCE
  for (;;) {
    const host = await collect()
    if (shows(host)) return host
    assert.ok(performance.now() < end, 'it never came to that')
    await sleep(2)
  }
}
