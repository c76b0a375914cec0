// The bytes of the two rings that the benchmark of mapped memory shares with bench/c/ring.c.
//
//   0      first side sleeps            \
//   128    second side sleeps            > a page
//   4096   ring there: head              \
//   4224               tail               > a page each
//   8192               capacity slots of one message each
//   ...    ring back, the same
//
// head counts messages published, tail messages released; both are u32 and wrap. Each has a pair of cache lines of its
// own, because processors fetch lines in pairs.

export const PAGE = 4096
export const LINE = 128

/** Messages a ring holds: 64 KiB of them, at least 8. A power of two. */
export function ringCapacity(size: number): number {
  return size * 8 > 65536 ? 8 : 65536 / size
}

function ringSize(size: number): number {
  return PAGE + ringCapacity(size) * size
}

/** Bytes of the whole mapping. */
export function mappingSize(size: number): number {
  return PAGE + 2 * ringSize(size)
}

/** Where the ring `there` (0) or `back` (1) begins. */
export function ringOffset(which: 0 | 1, size: number): number {
  return PAGE + which * ringSize(size)
}
