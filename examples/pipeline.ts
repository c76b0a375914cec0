// What a shell does with `|`, without a shell: commands joined by kernel pipes, no byte through this process.
import { Pipeline, type PipeReader } from 'hutong'

async function textOf(reader: PipeReader | undefined): Promise<string> {
  let text = ''
  for await (const chunk of reader ?? []) text += Buffer.from(chunk).toString()
  reader?.close()
  return text
}

// sort | uniq -c | sort -rn, fed and read by us.
const words = 'lane house lane gate lane house'.replaceAll(' ', '\n')
const counted = Pipeline.start(['sort'], ['uniq', '-c'], ['sort', '-rn'], { input: `${words}\n` })
console.log((await textOf(counted.stdout)).trimEnd())
console.log(`exit status ${(await counted.exited).status}`)

// yes | head -n 2: the first command is told by SIGPIPE that nobody reads any more, and pipefail says so.
const broken = Pipeline.start(['yes', 'again'], ['head', '-n', '2'], { stdin: 'ignore' })
console.log(await textOf(broken.stdout))
const { status, stages } = await broken.exited
console.log(`status ${status}, because the first one ended by ${stages[0]?.signal}`)

// 64 MiB between two processes. Here arrive only the digits of their count.
const large = Pipeline.start(['head', '-c', '64M', '/dev/zero'], ['cat'], ['wc', '-c'], { stdin: 'ignore' })
console.log(`${(await textOf(large.stdout)).trim()} bytes went from lane to lane`)
await large.exited

try {
  Pipeline.start(['sort'], ['no-such-command'])
} catch (error) {
  console.log(`nothing was started: ${(error as Error).message}`)
}

const endless = Pipeline.start(['sleep', '1000'], ['cat'], {
  stdin: 'ignore',
  signal: AbortSignal.timeout(50),
})
const reason = await endless.exited.catch((error: Error) => error.name)
endless.stdout?.close()
console.log(`given up: ${reason}`)
