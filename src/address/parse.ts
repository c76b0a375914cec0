// From text to Address.
import type { Address, AddressKind } from './address.ts'
import { AddressError } from './error.ts'
import { nearest } from './nearest.ts'
import { readQuery } from './query.ts'
import { assemble, kinds, prefix, schemeOf } from './schemes.ts'
import { Span } from './span.ts'

/** Longer than any address can be that names something. */
const MAX_LENGTH = 16_384

const NAMED = kinds.filter((kind) => kind !== 'stdio')

interface Parts {
  readonly kind: AddressKind
  readonly body: Span
  /** What follows the first question mark. */
  readonly query: Span | undefined
}

/**
 * Reads an address; docs/address.md has the grammar.
 *
 * @throws AddressError (a TypeError, `code` ERR_INVALID_ADDRESS) that points at the character that is wrong
 */
export function parseAddress(text: string): Address {
  if (typeof text !== 'string') throw new AddressError('', 0, `an address is a string, not ${typeof text}`)
  const { kind, body, query } = split(plain(text))
  const scheme = schemeOf(kind)
  const found = scheme.read(body)
  const { options, names } = readQuery(query, kind === 'stdio' ? '-' : kind, scheme.options)
  const address = assemble(kind, found, options)
  const conflict = scheme.conflict?.(address)
  if (conflict !== undefined) names.get(conflict.option)?.fail(conflict.reason)
  return address
}

/** The whole text, once it is sure to be short enough and text. */
function plain(text: string): Span {
  const whole = Span.whole(text)
  if (text.length > MAX_LENGTH) whole.fail(`an address has at most ${MAX_LENGTH} characters`, MAX_LENGTH)
  if (text === '') whole.fail('an address is missing: write one as fifo:/tmp/lane')
  const control = text.search(/\p{Cc}/u)
  if (control >= 0) {
    const code = text.charCodeAt(control)
    const written = encodeURIComponent(String.fromCharCode(code))
    whole.fail(
      code === 0 ? 'a NUL cannot stand in an address' : `write this character as ${written}`,
      control,
    )
  }
  const surrogate = text.search(/\p{Cs}/u)
  if (surrogate >= 0) whole.fail('half a character (a lone surrogate) has no bytes: leave it out', surrogate)
  return whole
}

function split(whole: Span): Parts {
  const mark = whole.text.indexOf('?')
  const end = mark < 0 ? whole.text.length : mark
  const query = mark < 0 ? undefined : whole.slice(mark + 1)
  const rest = whole.slice(0, end)
  const kind = NAMED.find((name) => rest.text.startsWith(prefix(name)))
  if (kind !== undefined) return { kind, body: rest.slice(prefix(kind).length), query }
  if (rest.text === '-') return { kind: 'stdio', body: rest.slice(1), query }
  return whole.fail(...noScheme(rest.text))
}

/** Why no scheme was found, and where to point. */
function noScheme(text: string): [reason: string, at: number] {
  if (text.startsWith('nats:')) return ['write nats://host:port/subject', 'nats:'.length]
  const colon = text.indexOf(':')
  if (/^\.{0,2}\//.test(text))
    return ['a path needs a scheme: fifo:/path, unix:/path, mmap:/path or shm:/path', 0]
  if (colon < 0 && NAMED.some((name) => name === text)) return [`add : and what it names`, text.length]
  return [unknownScheme(colon < 0 ? text : text.slice(0, colon)), 0]
}

function unknownScheme(name: string): string {
  const meant = nearest(name, NAMED)
  const hint = meant === undefined ? '' : ` (did you mean ${prefix(meant as AddressKind)}?)`
  return `an address begins with its scheme${hint}: ${NAMED.join(', ')}, or is -`
}
