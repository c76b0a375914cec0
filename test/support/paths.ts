// Where things are, seen from build/test/support.
import { fileURLToPath } from 'node:url'

/** The project's folder. */
export const root: string = fileURLToPath(new URL('../../..', import.meta.url))
/** Sources of fixtures (.c, .py, .pl). */
export const fixtures: string = fileURLToPath(new URL('../../../test/fixtures/', import.meta.url))
/** Compiled TypeScript fixtures. */
export const compiledFixtures: string = fileURLToPath(new URL('../fixtures/', import.meta.url))
/** The command. */
export const command: string = fileURLToPath(new URL('../../../dist/bundle/hutong.js', import.meta.url))
