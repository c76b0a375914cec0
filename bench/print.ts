// A report as plain text or Markdown.
import type { Report } from './report.ts'
import { type Table, tablesOf } from './tables.ts'

function conditions({ machine, ...report }: Report): string[] {
  const processors = `${machine.cpus.length} processor${machine.cpus.length === 1 ? '' : 's'}`
  const place = machine.hypervisor ? 'a virtual machine' : 'no hypervisor'
  return [
    `${report.date}, ${report.seconds.toFixed(0)} s, load ${machine.load.toFixed(2)} in the minute before.`,
    `${processors}, ${machine.processor}, ${machine.memoryMiB} MiB, ${place}, clock ${machine.clocksource}.`,
    `Linux ${machine.kernel}, ${machine.system}; Node ${machine.node} (V8 ${machine.v8}, libuv ${machine.uv}); ` +
      `${machine.compiler}, -O2; hutong ${machine.hutong}, commit ${machine.commit}.`,
    `${report.triples} steady triples wanted, at most ${report.mostTriples} tried, ` +
      `trials of about ${report.trialSeconds} s; thrown away: outer trials more than ${report.mostDrift * 100} % apart.`,
    ...(report.oneBuild
      ? []
      : ['hutong was built anew during this run: not all cases measured the same code.']),
    ...(report.quick ? ['QUICK: too few and too short trials. A look, not a measurement; no verdicts.'] : []),
  ]
}

function textTable({ title, header, rows }: Table): string {
  const widths = header.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]?.length ?? 0)))
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd()
  return [title, line(header), ...rows.map(line)].join('\n')
}

function markdownTable({ title, header, rows }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [`### ${title}`, '', line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n')
}

export function asText(report: Report): string {
  return [conditions(report).join('\n'), ...tablesOf(report).map(textTable)].join('\n\n').concat('\n')
}

export function asMarkdown(report: Report): string {
  return [conditions(report).join('\n'), ...tablesOf(report).map(markdownTable)].join('\n\n').concat('\n')
}
