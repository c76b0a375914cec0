// The listing: one line per object.
import type { Attachment, Host, IpcObject, Process } from '../../inspect/model.ts'
import type { Output } from '../io.ts'
import { KINDS } from '../kinds.ts'
import type { Names } from '../users.ts'
import { holders, holderText } from './holder.ts'
import { sizeText, sizeValue } from './quantity.ts'
import { type Column, formatTable } from './table.ts'
import { octal, shown } from './text.ts'

export interface ListingStyle {
  readonly columns: readonly ColumnName[]
  readonly headings: boolean
  /** Sizes in bytes. */
  readonly bytes: boolean
  readonly sort?: { readonly by: ColumnName; readonly descending: boolean }
}

interface Row {
  readonly object: IpcObject
  readonly held: readonly Attachment[]
  readonly processes: ReadonlyMap<number, Process>
  readonly names: Names
  readonly bytes: boolean
}

interface ListColumn extends Column {
  cell(row: Row): string
  /** What `--sort` compares; the cell if there is none. */
  value?(row: Row): number
}

const NOTHING = '-'

const COLUMNS = {
  kind: { heading: 'KIND', cell: ({ object }) => object.kind },
  name: { heading: 'NAME', cell: ({ object }) => nameText(object) },
  owner: {
    heading: 'OWNER',
    cell: ({ object, names }) => (object.owner ? names.user(object.owner.uid) : NOTHING),
  },
  mode: { heading: 'MODE', cell: ({ object }) => (object.mode === null ? NOTHING : octal(object.mode)) },
  size: {
    heading: 'SIZE',
    right: true,
    cell: ({ object, bytes }) => sizeText(object, bytes),
    value: ({ object }) => sizeValue(object),
  },
  users: { heading: 'USERS', cell: (row) => usersText(row), value: ({ held }) => pidsOf(held).length },
  id: { heading: 'ID', cell: ({ object }) => shown(object.id) },
  address: { heading: 'ADDRESS', cell: ({ object }) => object.address ?? NOTHING },
  messages: {
    heading: 'MESSAGES',
    right: true,
    cell: ({ object }) => ('messages' in object ? String(object.messages ?? '?') : NOTHING),
    value: ({ object }) => ('messages' in object ? (object.messages ?? -1) : -1),
  },
  uid: {
    heading: 'UID',
    right: true,
    cell: ({ object }) => (object.owner ? String(object.owner.uid) : NOTHING),
    value: ({ object }) => object.owner?.uid ?? -1,
  },
  group: {
    heading: 'GROUP',
    cell: ({ object, names }) => (object.owner ? names.group(object.owner.gid) : NOTHING),
  },
  pids: {
    heading: 'PIDS',
    cell: ({ held }) => pidsOf(held).join(',') || NOTHING,
    value: ({ held }) => pidsOf(held)[0] ?? -1,
  },
} as const satisfies Readonly<Record<string, ListColumn>>

export type ColumnName = keyof typeof COLUMNS
export const COLUMN_NAMES = Object.keys(COLUMNS) as readonly ColumnName[]
export const DEFAULT_COLUMNS: readonly ColumnName[] = ['kind', 'name', 'owner', 'mode', 'size', 'users']

/** The lines of `hutong ls`; none for a host without objects. */
export function formatListing(
  host: Host,
  names: Names,
  style: ListingStyle,
  out: Pick<Output, 'columns' | 'paint'>,
): string {
  const held = new Map<string, Attachment[]>(host.objects.map(({ id }) => [id, []]))
  for (const attachment of host.attachments) held.get(attachment.object)?.push(attachment)
  const processes = new Map(host.processes.map((process) => [process.pid, process]))
  const rows = host.objects.map((object): Row => {
    return { object, held: held.get(object.id) ?? [], processes, names, bytes: style.bytes }
  })
  if (rows.length === 0) return ''
  rows.sort((a, b) => kindOrder(a) - kindOrder(b) || compare(a.object.name, b.object.name))
  if (style.sort !== undefined) sortRows(rows, style.sort)
  const columns: readonly ListColumn[] = style.columns.map((name) => COLUMNS[name])
  return formatTable(
    columns,
    rows.map((row) => columns.map((column) => column.cell(row))),
    out,
    style,
  )
}

function kindOrder({ object }: Row): number {
  return KINDS.indexOf(object.kind)
}

/** In place; rows that compare equal stay in order. */
function sortRows(rows: Row[], { by, descending }: { by: ColumnName; descending: boolean }): void {
  const { cell, value }: ListColumn = COLUMNS[by]
  const order = descending ? -1 : 1
  rows.sort((a, b) => order * (value === undefined ? compare(cell(a), cell(b)) : value(a) - value(b)))
}

/** `pipe:[9]` before `pipe:[10]`. Made at first use: the help has no use for it. */
let collator: Intl.Collator | undefined

function compare(a: string, b: string): number {
  collator ??= new Intl.Collator('en', { numeric: true })
  return collator.compare(a, b)
}

function nameText(object: IpcObject): string {
  const deleted =
    'deleted' in object && object.deleted && object.kind !== 'memfd' && !object.name.includes(':[')
  return `${shown(object.name)}${deleted ? ' (deleted)' : ''}`
}

function usersText({ object, held, processes }: Row): string {
  if (held.length > 0)
    return holders(held, processes)
      .map((holder) => holderText(holder, object.kind))
      .join(', ')
  if ('orphan' in object && object.orphan === null) return `${NOTHING} (nobody we can see)`
  return NOTHING
}

function pidsOf(held: readonly Attachment[]): number[] {
  return [...new Set(held.map(({ pid }) => pid))].sort((a, b) => a - b)
}
