// Runs one contest and sums it up.
import type { Contest } from './case.ts'
import type { ContestResult, Runs } from './report.ts'
import { judge, quantile, ratioOf, summarize } from './statistics.ts'
import { type Amount, calibrate, runTrial, type Setting, type Trial } from './trial.ts'
import { figuresOf, runTriples, type TrialTriple, type Triples } from './triples.ts'

export interface Effort {
  /** Steady triples wanted. */
  readonly triples: number
  /** Triples tried at most. */
  readonly most: number
  /** Of the timed part of a trial. */
  readonly seconds: number
  readonly onTriple: (kept: number, thrown: number) => void
}

function rate(trial: Trial): number {
  return trial.rate
}

function runsOf(trials: readonly Trial[]): Runs {
  const calls = trials.flatMap((trial) => (trial.calls === undefined ? [] : [trial.calls]))
  return {
    rate: summarize(trials.map(rate)),
    calls: calls.length === 0 ? undefined : quantile(calls, 0.5),
  }
}

function sumUp(contest: Contest, amount: Amount, { kept, thrown }: Triples<Trial>): ContestResult {
  const figures = (triple: TrialTriple<Trial>) => figuresOf(triple, rate)
  const ratio = summarize(kept.map((triple) => ratioOf(figures(triple))))
  return {
    ...contest,
    amount,
    ratio,
    verdict: contest.bar === undefined ? undefined : judge(ratio, contest.bar),
    outerRuns: runsOf(kept.flatMap(({ first, last }) => [first, last])),
    innerRuns: runsOf(kept.map(({ inner }) => inner)),
    kept: kept.map(figures),
    thrown: thrown.map(figures),
  }
}

export async function runContest(setting: Setting, effort: Effort): Promise<ContestResult> {
  const { contest } = setting
  const amount = await calibrate(setting, effort.seconds)
  const contestants = {
    outer: () => runTrial(setting, contest.outer, amount),
    inner: () => runTrial(setting, contest.inner, amount),
    figure: rate,
  }
  const limits = { wanted: effort.triples, most: effort.most, onTriple: effort.onTriple }
  return sumUp(contest, amount, await runTriples(contestants, limits))
}
