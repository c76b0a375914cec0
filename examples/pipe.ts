// A parent and a child, joined by two pipes: questions go one way, answers come back the other.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Pipe, PipeReader, PipeWriter } from 'hutong'

const text = new TextDecoder()

if (process.argv[2] === 'child') {
  const [questions, answers] = [PipeReader.from(3), PipeWriter.from(4)]
  for await (const chunk of questions) {
    await answers.write(text.decode(chunk).toUpperCase())
  }
  console.log(`child ${process.pid}: the last writer has closed, so this is the end`)
  questions.close()
  answers.close()
} else {
  const [questions, answers] = [Pipe.create(), Pipe.create({ capacity: 4096 })]
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), 'child'], {
    stdio: ['ignore', 'inherit', 'inherit', questions.reader.inherit(), answers.writer.inherit()],
  })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  // The child has its own now. An end that is kept open here would hide the end of the stream from it.
  questions.reader.close()
  answers.writer.close()

  console.log(`parent ${process.pid}: ${questions.writer.name} there, ${answers.reader.name} back`)
  for (const question of ['who is there?', 'a pipe between two houses']) {
    await questions.writer.write(question)
    const answer = await answers.reader.read({ timeout: 5000 })
    console.log(`parent: "${question}" came back as "${text.decode(answer ?? undefined)}"`)
  }
  questions.writer.close()
  console.log(`parent: read gives ${await answers.reader.read()} at the end`)
  await ended

  answers.reader.close()
  const broken = Pipe.create()
  broken.reader.close()
  try {
    broken.writer.writeSync('anybody?')
  } catch (error) {
    console.log(`parent: ${(error as Error).message}; SIGPIPE did not end this process`)
  }
  broken.close()
}
