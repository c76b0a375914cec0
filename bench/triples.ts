// Interleaved triples: outer, inner, outer, again and again.
import { isSteady, type Triple } from './statistics.ts'

export interface Contestants<T> {
  readonly outer: () => Promise<T>
  readonly inner: () => Promise<T>
  /** The figure by which two outer trials are compared, e.g. messages per second. */
  readonly figure: (trial: T) => number
}

export interface TrialTriple<T> {
  readonly first: T
  readonly inner: T
  readonly last: T
}

export interface Triples<T> {
  readonly kept: readonly TrialTriple<T>[]
  readonly thrown: readonly TrialTriple<T>[]
}

export interface Limits {
  /** Steady triples wanted. */
  readonly wanted: number
  /** Triples tried at most, the unsteady ones included. */
  readonly most: number
  readonly onTriple?: (kept: number, thrown: number) => void
}

export function figuresOf<T>(triple: TrialTriple<T>, figure: (trial: T) => number): Triple {
  return { first: figure(triple.first), inner: figure(triple.inner), last: figure(triple.last) }
}

/** Runs triples until enough are steady, or `most` have been tried. */
export async function runTriples<T>(contestants: Contestants<T>, limits: Limits): Promise<Triples<T>> {
  const kept: TrialTriple<T>[] = []
  const thrown: TrialTriple<T>[] = []
  while (kept.length < limits.wanted && kept.length + thrown.length < limits.most) {
    const triple = {
      first: await contestants.outer(),
      inner: await contestants.inner(),
      last: await contestants.outer(),
    }
    const where = isSteady(figuresOf(triple, contestants.figure)) ? kept : thrown
    where.push(triple)
    limits.onTriple?.(kept.length, thrown.length)
  }
  return { kept, thrown }
}
