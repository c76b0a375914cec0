// Channels over Unix stream sockets.
import { lstatSync } from 'node:fs'
import type { AddressOf } from '../../address/address.ts'
import { UnixListener } from '../../kernel/socket/listener.ts'
import type { UnixName } from '../../kernel/socket/name.ts'
import { UnixSocket } from '../../kernel/socket/socket.ts'
import { EOPNOTSUPP } from '../../sys/errno.ts'
import { SysError } from '../../sys/error.ts'
import { Fd } from '../../sys/fd.ts'
import type { WaitOptions } from '../../wait/options.ts'
import { type ByteStream, nonblocking } from './byte-stream.ts'

type UnixAddress = AddressOf<'unix'>

/** The byte stream of a connected socket, which is taken over. */
export function socketStream(socket: UnixSocket, label: string): ByteStream {
  if (socket.type !== 'stream') throw notAStream(label, socket.type)
  const { peer } = socket
  const fd = nonblocking(Fd.adopt(socket.detach(), label))
  return { label, kind: 'unix', input: fd, output: fd, peer }
}

export async function connectUnix(
  address: UnixAddress,
  options: WaitOptions & { readonly label: string },
): Promise<ByteStream> {
  return socketStream(await UnixSocket.connect(nameOf(address), options), options.label)
}

/** Listens under a Unix address. A path that a dead listener left behind is taken over. */
export class UnixStreams {
  readonly address: UnixAddress
  readonly #listener: UnixListener
  readonly #label: string
  readonly #made: string | undefined

  constructor(address: UnixAddress, label: string) {
    const { mode, backlog } = address.options
    this.address = address
    this.#label = label
    this.#listener = UnixListener.listen(nameOf(address), {
      replaceStale: true,
      ...(mode === undefined ? {} : { mode }),
      ...(backlog === undefined ? {} : { backlog }),
    })
    this.#made = identity(address)
  }

  async accept(options?: WaitOptions): Promise<ByteStream> {
    return socketStream(await this.#listener.accept(options), this.#label)
  }

  ref(): void {
    this.#listener.ref()
  }

  unref(): void {
    this.#listener.unref()
  }

  /** Stops listening, and removes the path if it is still the one made here. */
  close(): void {
    if (this.#listener.closed) return
    if (this.#made !== undefined && identity(this.address) === this.#made) this.#listener.unlink()
    this.#listener.close()
  }
}

function nameOf({ name, abstract, options }: UnixAddress): UnixName {
  if (options.type !== undefined && options.type !== 'stream') throw notAStream(`unix:${name}`, options.type)
  return abstract ? { abstract: name } : name
}

/** Which object has the path now. */
function identity({ name, abstract }: UnixAddress): string | undefined {
  const stat = abstract ? undefined : lstatSync(name, { throwIfNoEntry: false })
  return stat && `${stat.dev} ${stat.ino} ${stat.birthtimeMs}`
}

function notAStream(on: string, type: string): SysError {
  return new SysError(EOPNOTSUPP, 'socket', {
    on,
    hint: `Channels go over Unix sockets of type stream, not ${type}.`,
  })
}
