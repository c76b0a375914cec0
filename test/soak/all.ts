// Every long proof there is.
import { addressSoak } from './address.ts'
import type { Soak } from './soak.ts'

export const soaks: readonly Soak[] = [addressSoak]
