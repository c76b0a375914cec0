// Signals with values, to or from peer.c and peer.py: `receive SIGNAL COUNT` prints its pid and what comes,
// `send PID SIGNAL COUNT` queues the values 0 to COUNT - 1. SIGNAL is a name; `+3` stands for SIGRTMIN+3.
import { setTimeout as sleep } from 'node:timers/promises'
import { type SignalName, signals } from 'hutong'

const [role, ...args] = process.argv.slice(2)
const named = (text = ''): SignalName => (text.startsWith('+') ? `SIGRTMIN${text}` : text) as SignalName

if (role === 'receive') {
  const [signal, count] = args
  const listener = signals.listen([named(signal)]) // blocked in every thread: the kernel queues what comes
  console.log(process.pid)
  for (let got = 0; got < Number(count); got++) {
    const { signal, code, pid, uid, value } = await listener.wait({ timeout: 10_000 })
    console.log(`${signal} ${code} from process ${pid} of user ${uid}: ${value}`)
  }
  listener.close()
} else {
  const [pid, signal, count] = args
  for (let value = 0; value < Number(count); value++) {
    // undefined: the queue of the receiver's user is full, and nothing has been sent
    while (signals.tryQueue(Number(pid), named(signal), value) === undefined) await sleep(1)
  }
}
