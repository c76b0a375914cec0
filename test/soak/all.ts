// Every long proof there is.
import type { Soak } from './soak.ts'

export const soaks: readonly Soak[] = []
