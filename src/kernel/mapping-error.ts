// What can happen to mapped memory that no errno stands for.

/** Another process truncated the object: its pages are gone, and read as zero here. Map it again, or give up. */
export class MappingLostError extends Error {
  readonly code = 'ERR_MAPPING_LOST'
  constructor(on: string) {
    super(
      `${on} is lost: the object was truncated (or its storage ran out) while mapped, and the pages beyond its end are ` +
        'zeros of this process alone. Close the mapping and map the object again.',
    )
    this.name = 'MappingLostError'
  }
}

/** Something in this process wrote to a read-only mapping. The write reached nobody and has been undone. */
export class ReadOnlyWriteError extends Error {
  readonly code = 'ERR_READ_ONLY_WRITE'
  constructor(on: string) {
    super(
      `${on} is read-only, and something wrote to it through a view. The write reached no other process and has been ` +
        'undone. Map it writable, or with copyOnWrite for a private copy.',
    )
    this.name = 'ReadOnlyWriteError'
  }
}
