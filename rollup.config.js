// What users import, and the command: why and how, docs/adr/0005-bundled-entry-points.md.

// Whoever wants one file of these wants most of them; the rest Rollup divides by who loads it. `nearest` corrects the options
// of a command line, too, for which nothing else should be loaded.
const CHUNKS = [
  ['nearest', /\/dist\/address\/nearest\.js$/],
  ['layout', /\/dist\/(layout|address)\//],
  ['sys', /\/dist\/sys\//],
  ['kernel', /\/dist\/(wait|kernel)\//],
  ['mechanisms', /\/dist\/cli\/compare\/table\.js$/],
]

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
    manualChunks: (id) => CHUNKS.find(([, path]) => path.test(id))?.[0],
  },
}
