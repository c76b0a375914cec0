// Packages that only some programs need are optional peer dependencies: the program that needs one installs it.
import { createRequire } from 'node:module'

/** An optional package is not installed; `package` names it. */
export class MissingPackageError extends Error {
  readonly code = 'ERR_MISSING_PACKAGE'
  readonly package: string

  constructor(name: string, what: string, options?: ErrorOptions) {
    super(`${what} needs the package ${name}: npm install ${name}`, options)
    this.name = 'MissingPackageError'
    this.package = name
  }
}

const require = createRequire(import.meta.url)

/** Loads `path`, e.g. `msgpackr/index-no-eval`, of an optional package for `what`. MissingPackageError. */
export function requirePackage(path: string, what: string): unknown {
  try {
    return require(path)
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== 'MODULE_NOT_FOUND') throw cause
    throw new MissingPackageError(path.split('/')[0] ?? path, what, { cause })
  }
}
