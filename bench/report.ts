// What a run leaves behind: the shape of report.json.
import type { Contest, Cycles, Single, Waiting } from './case.ts'
import type { ChannelCase, CostCase } from './channel-case.ts'
import type { Machine } from './machine.ts'
import type { Snapshot } from './sides/cycles.ts'
import type { Latencies } from './sides/waiting.ts'
import type { Summary, Triple, Verdict } from './statistics.ts'
import type { Amount } from './trial.ts'

export interface Runs {
  /** Messages, or round trips, per second. */
  readonly rate: Summary
  /** Read and write calls per message of the side that holds the clock; undefined where the kernel counts none. */
  readonly calls: number | undefined
}

export interface ContestResult extends Contest {
  readonly amount: Amount
  /** Inner over outer, of the steady triples; above 1 the inner is the faster. */
  readonly ratio: Summary
  /** Undefined where the case has no bar. */
  readonly verdict: Verdict | undefined
  readonly outerRuns: Runs
  readonly innerRuns: Runs
  /** Messages, or round trips, per second of each triple. */
  readonly kept: readonly Triple[]
  readonly thrown: readonly Triple[]
}

export interface SingleResult extends Single {
  /** Operations in a trial. */
  readonly count: number
  /** Nanoseconds of one. */
  readonly outerTime: Summary
  readonly innerTime: Summary
  /** Nanoseconds that the inner took more than the outer, of the steady triples. */
  readonly more: Summary
  /** Undefined where the case has no bar. */
  readonly verdict: Verdict | undefined
  readonly kept: readonly Triple[]
  readonly thrown: number
}

/** What is looked at while a crowd waits. Microseconds. */
export interface Looks {
  readonly readFile: Latencies
  readonly timer: Latencies
}

export interface WaitingResult extends Waiting {
  readonly idle: Looks
  readonly busy: Looks
  /** Latency while operations wait over latency of an idle process, of the steady triples. */
  readonly ratio: Readonly<Record<keyof Looks, { readonly p50: Summary; readonly p99: Summary }>>
  /** Operations that waited, and were aborted at the end. */
  readonly waited: number
  /** Resident memory that they added. */
  readonly addedMiB: Summary
  /** Milliseconds from the abort of their one signal until the last was told. */
  readonly cancelled: Summary
  readonly thrown: number
}

export interface CyclesResult extends Cycles {
  readonly count: number
  readonly before: Snapshot
  readonly half: Snapshot
  readonly after: Snapshot
  readonly microseconds: number
}

export interface ChannelRuns {
  /** Messages, or round trips, per second. */
  readonly rate: Summary
  /** Nanoseconds of processor time for each, of both sides together. */
  readonly cpu: number
}

export interface ChannelResult extends ChannelCase {
  /** Inner over outer, of the steady triples; above 1 the inner is the faster. */
  readonly ratio: Summary
  /** Undefined where the case has no bar. */
  readonly verdict: Verdict | undefined
  readonly outerRuns: ChannelRuns
  readonly innerRuns: ChannelRuns
  /** Messages, or round trips, per second of each triple. */
  readonly kept: readonly Triple[]
  readonly thrown: readonly Triple[]
}

/** One thing that channels cost, and what it may at most be. */
export interface CostFigure {
  readonly what: string
  readonly unit: 'ms' | 'MiB'
  readonly value: number
  readonly most: number
}

export interface CostResult extends CostCase {
  readonly figures: readonly CostFigure[]
}

/** A case that this machine cannot run, or that failed. */
export interface NoResult {
  readonly kind: 'skipped' | 'failed'
  readonly name: string
  readonly why: string
}

export type Result =
  | ContestResult
  | SingleResult
  | WaitingResult
  | CyclesResult
  | ChannelResult
  | CostResult
  | NoResult

export interface Report {
  readonly tool: 'hutong bench'
  readonly version: 1
  /** ISO 8601. */
  readonly date: string
  /** Too few and too short trials for a verdict: `--quick`. */
  readonly quick: boolean
  readonly triples: number
  readonly mostTriples: number
  readonly trialSeconds: number
  readonly mostDrift: number
  readonly machine: Machine
  /** False: somebody built hutong anew in the meantime, so not all cases measured the same code. */
  readonly oneBuild: boolean
  readonly results: readonly Result[]
  readonly seconds: number
}
