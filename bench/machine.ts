// What the figures depend on: the machine and the versions.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { loadavg, release, totalmem } from 'node:os'

export interface Machine {
  readonly processor: string
  /** The processors this process may run on. */
  readonly cpus: readonly number[]
  readonly hypervisor: boolean
  readonly clocksource: string
  readonly memoryMiB: number
  readonly kernel: string
  readonly system: string
  readonly node: string
  readonly v8: string
  readonly uv: string
  readonly compiler: string
  readonly hutong: string
  readonly commit: string
  /** Of the minute before the run. */
  readonly load: number
}

const UNKNOWN = 'unknown'

function read(path: string | URL): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function field(text: string, pattern: RegExp): string {
  return pattern.exec(text)?.[1] ?? UNKNOWN
}

function firstLine(command: string, args: readonly string[]): string {
  try {
    const text = execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    return text.split('\n')[0] ?? UNKNOWN
  } catch {
    return UNKNOWN
  }
}

/** `0-2,5` is 0, 1, 2, 5. */
export function parseCpuList(list: string): number[] {
  return list
    .trim()
    .split(',')
    .flatMap((range) => {
      const [first = 0, last = first] = range.split('-').map(Number)
      return Array.from({ length: last - first + 1 }, (_, i) => first + i)
    })
}

/** The commit, and whether what was measured is really it. */
function describeCommit(root: string): string {
  const commit = firstLine('git', ['-C', root, 'rev-parse', '--short', 'HEAD'])
  const measured = ['src', 'native', 'bench', 'Makefile']
  const changed = firstLine('git', ['-C', root, 'status', '--porcelain', '--', ...measured])
  return commit === UNKNOWN || changed === '' ? commit : `${commit} with changes`
}

export function describeMachine(root: URL): Machine {
  const cpuinfo = read('/proc/cpuinfo')
  return {
    processor: field(cpuinfo, /model name\s*: (.*)/),
    cpus: parseCpuList(field(read('/proc/self/status'), /Cpus_allowed_list:\s*(\S+)/)),
    hypervisor: / hypervisor( |$)/m.test(cpuinfo),
    clocksource: read('/sys/devices/system/clocksource/clocksource0/current_clocksource').trim() || UNKNOWN,
    memoryMiB: Math.round(totalmem() / 1048576),
    kernel: release(),
    system: field(read('/etc/os-release'), /PRETTY_NAME="(.*)"/),
    node: process.version,
    v8: process.versions.v8,
    uv: process.versions.uv,
    compiler: firstLine('cc', ['--version']),
    hutong: field(read(new URL('package.json', root)), /"version": "(.*?)"/),
    commit: describeCommit(root.pathname),
    load: loadavg()[0] ?? Number.NaN,
  }
}

/** The two sides' processors; undefined where the machine has too few. */
export function pinning(
  placement: 'one-core' | 'two-cores' | 'unpinned',
  cpus: readonly number[],
): readonly [number | undefined, number | undefined] | undefined {
  const [first, second] = cpus
  if (placement === 'unpinned') return [undefined, undefined]
  if (placement === 'one-core') return [first, first]
  return second === undefined ? undefined : [first, second]
}
