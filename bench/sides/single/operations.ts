/** What is done over and over; a promise is awaited before the next. */
export type Operations = Readonly<Record<string, (() => unknown) | undefined>>
