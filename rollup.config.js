// What users import, and the command: why and how, docs/adr/0005-bundled-entry-points.md.
import { resolve } from 'node:path'

// Whoever wants one file of these wants most of them; the rest Rollup divides by who loads it. `nearest` corrects the options
// of a command line, too, for which nothing else should be loaded.
const CHUNKS = [
  ['nearest', /\/dist\/address\/nearest\.js$/],
  ['layout', /\/dist\/(layout|address)\//],
  ['sys', /\/dist\/sys\//],
  ['kernel', /\/dist\/(wait|kernel)\//],
  ['framing', /\/dist\/channel\/framing\//],
  // What is imported when an address asks for it.
  ['lane', /\/dist\/channel\/(queue\/kernel-queue|stream\/fifo)\.js$/],
  ['channel', /\/dist\/channel\//],
  ['mechanisms', /\/dist\/cli\/compare\/table\.js$/],
]

// Of these rooms channels need a part, which is a chunk of its own: what a program does not load it need not compile.
const DIVIDED = ['layout', 'sys', 'kernel']

let needed

/** The modules that `hutong/channel` loads, itself included. */
function neededByChannels(getModuleInfo) {
  const found = new Set()
  const visit = (id) => {
    if (found.has(id)) return
    found.add(id)
    for (const next of getModuleInfo(id)?.importedIds ?? []) visit(next)
  }
  visit(resolve('dist/channel/index.js'))
  return found
}

function chunkOf(id, { getModuleInfo }) {
  const name = CHUNKS.find(([, path]) => path.test(id))?.[0]
  if (name === undefined || !DIVIDED.includes(name)) return name
  needed ??= neededByChannels(getModuleInfo)
  return needed.has(id) ? name : `more-${name}`
}

// biome-ignore lint/style/noDefaultExport: this is what Rollup looks for
export default {
  input: {
    index: 'dist/index.js',
    'sys/index': 'dist/sys/index.js',
    'channel/index': 'dist/channel/index.js',
    'msgpack/index': 'dist/msgpack/index.js',
    'inspect/index': 'dist/inspect/index.js',
    hutong: 'dist/cli/main.js',
    // Programs that `hutong compare` starts, at the same place beside what starts them.
    'side/main': 'dist/cli/compare/side/main.js',
    'side/watcher': 'dist/cli/compare/side/watcher.js',
  },
  external: /^node:/,
  output: {
    dir: 'dist/bundle',
    chunkFileNames: '[name].js',
    manualChunks: chunkOf,
  },
}
