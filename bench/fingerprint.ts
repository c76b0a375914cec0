// Which build is measured.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { root } from './compile.ts'

/** A hash of everything that a trial runs: the library, its addon, and the sides. */
export function fingerprint(): string {
  const hash = createHash('sha256')
  for (const folder of ['dist', 'prebuilds', 'build/bench/sides']) {
    const path = fileURLToPath(new URL(folder, root))
    const files = readdirSync(path, { recursive: true, encoding: 'utf8' })
    for (const file of files.filter((name) => /\.(js|node)$/.test(name)).sort()) {
      hash.update(file).update(readFileSync(join(path, file)))
    }
  }
  return hash.digest('hex')
}
