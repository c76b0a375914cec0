// Permissions as they were given, whatever the umask: as mkfifo -m.

/** Runs `make` with the mode, if one was given, and no umask; otherwise as it is. */
export function withMode<T>(
  mode: number | undefined,
  make: (permissions: { readonly mode?: number }) => T,
): T {
  if (mode === undefined) return make({})
  const umask = process.umask(0)
  try {
    return make({ mode })
  } finally {
    process.umask(umask)
  }
}
