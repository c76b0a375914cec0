// Bytes, rates and times for people: three significant digits, decimal units.

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']

/** Three significant digits, in plain notation. */
function digits(value: number): string {
  if (value >= 99.95 || Number.isInteger(value)) return value.toFixed(0)
  return value.toFixed(value >= 9.995 ? 1 : 2)
}

function scaled(value: number): readonly [number, string] {
  let rest = value
  let unit = 0
  while (rest >= 999.5 && unit < UNITS.length - 1) {
    rest /= 1000
    unit++
  }
  return [rest, UNITS[unit] ?? '']
}

/** `98.9 MB` */
export function bytes(count: number): string {
  const [value, unit] = scaled(count)
  return `${digits(value)} ${unit}`
}

/** `49.5 of 98.9 MB`, both in the unit of the whole. */
export function bytesOf(part: number, whole: number): string {
  const [value, unit] = scaled(whole)
  const share = whole === 0 ? 0 : (part / whole) * value
  const decimals = value >= 99.95 || unit === 'B' ? 0 : value >= 9.995 ? 1 : 2
  return `${share.toFixed(decimals)} of ${value.toFixed(decimals)} ${unit}`
}

/** `4.68 GB/s` */
export function rate(bytesPerSecond: number): string {
  const [value, unit] = scaled(bytesPerSecond)
  return `${value >= 99.95 ? value.toFixed(0) : value.toFixed(value >= 9.995 ? 1 : 2)} ${unit}/s`
}

/** `7.14 µs`, `1.20 ms` */
export function microseconds(value: number): string {
  const [shown, unit] = value >= 999.5 ? [value / 1000, 'ms'] : [value, 'µs']
  return `${shown >= 99.95 ? shown.toFixed(0) : shown.toFixed(shown >= 9.995 ? 1 : 2)} ${unit}`
}

/** `about 11 s`, `about 3 min` */
export function duration(seconds: number): string {
  return seconds < 100 ? `${Math.max(1, Math.ceil(seconds))} s` : `${Math.ceil(seconds / 60)} min`
}

/** `2.5 times` */
export function times(factor: number): string {
  return `${factor >= 9.95 ? factor.toFixed(0) : factor.toFixed(1)} times`
}

/** `10,000` */
export function grouped(count: number): string {
  return count.toLocaleString('en')
}

/** One decimal; from 10,000 on in thousands or millions: `3.8`, `80.0k`, `4.0M`. */
export function count(value: number): string {
  if (value < 9999.95) return value.toFixed(1)
  return value < 999_950 ? `${(value / 1e3).toFixed(1)}k` : `${(value / 1e6).toFixed(1)}M`
}
