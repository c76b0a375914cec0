// Prints how many milliseconds the import of the module in its argument takes, in a process that has imported nothing else.
const start = performance.now()
await import(process.argv[2] ?? '')
console.log(performance.now() - start)
