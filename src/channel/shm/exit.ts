// process.exit() at any point: what was sent in that turn is still published, and the peer sees an orderly end.

interface Ending {
  end(): void
}

const open = new Set<Ending>()

function endAll(): void {
  for (const ending of open) ending.end()
}

/** Ends `ending` when the process (or this worker) exits, killed aside; gives the function that calls it off. */
export function endAtExit(ending: Ending): () => void {
  if (open.size === 0) process.on('exit', endAll)
  open.add(ending)
  return () => {
    open.delete(ending)
    if (open.size === 0) process.off('exit', endAll)
  }
}
