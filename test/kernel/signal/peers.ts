// The programs on the other side: those of examples/interop.
import { join } from 'node:path'
import { type Child, start } from '../../support/child.ts'
import { compileFile } from '../../support/compile.ts'
import { root } from '../../support/paths.ts'

const folder = join(root, 'examples/interop/signal')

/** Starts the C peer. */
export function cPeer(...args: (string | number)[]): Child {
  return start(compileFile(join(folder, 'peer.c'), 'interop/signal.c'), args.map(String))
}

/** Starts the Python peer. */
export function pythonPeer(...args: (string | number)[]): Child {
  return start('python3', [join(folder, 'peer.py'), ...args.map(String)])
}

/** Starts hutong's. */
export function hutongPeer(...args: (string | number)[]): Child {
  const script = join(root, 'build/examples/interop/signal/hutong.js')
  return start(process.execPath, [script, ...args.map(String)])
}
