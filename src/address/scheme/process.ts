// fd, signal and -: what belongs to a process.
import type { AddressOf } from '../address.ts'
import { readDecimal } from '../number.ts'
import { integer, seals, signalName } from '../option.ts'
import { stream } from './file.ts'
import type { Scheme } from './scheme.ts'

export const stdio: Scheme<AddressOf<'stdio'>> = {
  example: '-',
  summary: 'standard input, standard output',
  options: stream,
  read: () => ({}),
  print: () => '',
}

export const fd: Scheme<AddressOf<'fd'>> = {
  example: 'fd:3',
  summary: 'an inherited descriptor',
  options: { ...stream, seals: seals('what an inherited memfd must be sealed against') },
  read: (body) => ({ fd: readDecimal(body, { what: 'a descriptor', min: 0, max: 2 ** 31 - 1 }) }),
  print: (address) => String(address.fd),
}

/** PID_MAX_LIMIT of a 64-bit kernel. */
const MAX_PID = 4_194_304

export const signal: Scheme<AddressOf<'signal'>> = {
  example: 'signal:4711?name=SIGUSR1',
  summary: 'signals to a process',
  options: {
    name: signalName('the signal sent'),
    value: integer(-(2 ** 31), 2 ** 31 - 1, 'the number that goes with it'),
  },
  read: (body) => ({ pid: readDecimal(body, { what: 'a process id', min: 1, max: MAX_PID }) }),
  print: (address) => String(address.pid),
}
