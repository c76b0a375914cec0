// A stock (stock.ts) for one test, and its C peer.
import { Mapping } from 'hutong'
import { type Child, start } from './child.ts'
import { compile } from './compile.ts'
import { cleanUp, uniquePath } from './leaks.ts'
import { type Stock, stockIn } from './stock.ts'

/** A fresh one in a file, closed when the test has ended. */
export async function freshStock(waiters = 32): Promise<Stock> {
  const path = await uniquePath()
  const mapping = Mapping.create(path, { length: 8192 })
  cleanUp(() => mapping.close())
  return stockIn(mapping, path, waiters)
}

/** Starts the C peer. */
export function stockPeer(...args: readonly (string | number)[]): Child {
  return start(compile('condition/peer.c', '-pthread'), args.map(String))
}
