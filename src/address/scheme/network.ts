// tcp, udp and nats: a host and a port.
import { isIPv4, isIPv6 } from 'node:net'
import type { AddressOf } from '../address.ts'
import { readDecimal } from '../number.ts'
import { integer, words } from '../option.ts'
import { decode, encode } from '../percent.ts'
import type { Span } from '../span.ts'
import { stream } from './file.ts'
import type { Scheme } from './scheme.ts'

interface Endpoint {
  readonly host: string
  readonly port: number
}

export const tcp: Scheme<AddressOf<'tcp'>> = {
  example: 'tcp:127.0.0.1:9000?framing=lines',
  summary: 'a TCP endpoint; port 0 listens on any free port',
  options: { ...stream, backlog: integer(1, 65535, 'connections that may wait to be accepted') },
  read: (body) => readEndpoint(body, 0),
  print: printEndpoint,
}

export const udp: Scheme<AddressOf<'udp'>> = {
  example: 'udp:[::1]:9000',
  summary: 'a UDP endpoint',
  options: {},
  read: (body) => readEndpoint(body, 0),
  print: printEndpoint,
}

export const nats: Scheme<AddressOf<'nats'>> = {
  example: 'nats://127.0.0.1:4222/prices.spot',
  summary: 'a subject on a NATS server',
  options: {
    group: words('the queue group joined'),
    stream: words('the JetStream stream that keeps the messages'),
    durable: words('the JetStream consumer that outlives its process'),
  },
  read(body) {
    const slash = body.text.indexOf('/')
    if (slash < 0) body.fail('add / and a subject', body.text.length)
    const server = body.slice(0, slash)
    if (server.text.includes('@')) {
      server.fail('a user and password do not belong into an address: give them as options of the program')
    }
    return { ...readEndpoint(server, 1), subject: readSubject(decode(body.slice(slash + 1))) }
  },
  print: (address) => `${printEndpoint(address)}/${encode(address.subject)}`,
}

function readEndpoint(body: Span, lowest: number): Endpoint {
  const { text } = body
  const bracket = text.startsWith('[') ? text.indexOf(']') : -1
  if (text.startsWith('[') && bracket < 0) body.fail('the bracket is never closed: write [::1]')
  const colon = bracket < 0 ? text.lastIndexOf(':') : bracket + 1
  if (bracket >= 0 && text[colon] !== ':') body.fail('add : and a port after the bracket', colon)
  if (colon < 0) body.fail('add : and a port', text.length)
  const host = bracket < 0 ? readHost(body.slice(0, colon)) : readIPv6(body.slice(1, bracket))
  return { host, port: readDecimal(body.slice(colon + 1), { what: 'the port', min: lowest, max: 65535 }) }
}

function readIPv6(host: Span): string {
  const address = decode(host)
  if (!isIPv6(address.text) || /[/?#[\]\s]/.test(address.text)) host.fail('this is no IPv6 address')
  return address.text
}

function readHost(host: Span): string {
  const { text } = host
  if (text === '') host.fail('a host is missing: write 127.0.0.1, [::1], a name, or 0.0.0.0 for all')
  if (text.includes(':')) host.fail(`write an IPv6 address in brackets: [${text}]`)
  const stray = text.search(/[^A-Za-z0-9._-]/)
  if (stray >= 0) host.fail('a host has ASCII letters, digits, dots and hyphens (others as xn--…)', stray)
  if (text.length > 253) host.fail('a host has at most 253 characters', 253)
  if (/(^|\.)(0x[0-9a-f]*|[0-9]+)$/i.test(text) && !isIPv4(text)) host.fail('this is no IPv4 address')
  let at = 0
  for (const label of text.split('.')) {
    if (!/^[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/.test(label)) {
      host.fail('a part of a host name has 1 to 63 characters and no hyphen at its ends', at)
    }
    at += label.length + 1
  }
  return text
}

function printEndpoint({ host, port }: Endpoint): string {
  return host.includes(':') ? `[${encode(host)}]:${port}` : `${host}:${port}`
}

function readSubject(subject: Span): string {
  const { text } = subject
  if (text === '') subject.fail('a subject is missing')
  if (text.length > 1024) subject.fail('a subject has at most 1024 characters', 1024)
  const blank = text.search(/[\p{C}\p{Z}]/u)
  if (blank >= 0) subject.fail('a subject has no blanks or control characters', blank)
  let at = 0
  for (const token of text.split('.')) {
    if (token === '') subject.fail('a word of the subject is missing between dots', at)
    if (token === '>' && at + 1 < text.length) subject.fail('> stands only at the end of a subject', at)
    at += token.length + 1
  }
  return text
}
