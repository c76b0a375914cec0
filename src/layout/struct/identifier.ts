// What C accepts as a name.

const KEYWORDS = new Set(
  `auto break case char const continue default do double else enum extern float for goto if inline int long register
restrict return short signed sizeof static struct switch typedef union unsigned void volatile while _Alignas _Alignof
_Atomic _Bool _Complex _Generic _Imaginary _Noreturn _Static_assert _Thread_local _BitInt _Decimal32 _Decimal64
_Decimal128 alignas alignof bool constexpr false nullptr static_assert thread_local true typeof typeof_unqual asm
NULL offsetof linux unix`.split(/\s+/),
)

/** Whether C17 and C23 take it as a member's name: no keyword, and no macro of the headers that ours includes. */
export function isIdentifier(name: string): boolean {
  return /^[A-Za-z_]\w*$/.test(name) && !KEYWORDS.has(name) && name !== '__proto__'
}

export function checkIdentifier(name: unknown, what: string): void {
  if (typeof name !== 'string') throw new TypeError(`${what} must be a string, not ${typeof name}`)
  if (KEYWORDS.has(name)) throw new TypeError(`${what} must not be ${name}, which means something else in C`)
  if (!isIdentifier(name)) {
    throw new TypeError(`${what} must be a C identifier (letters, digits and _), not ${JSON.stringify(name)}`)
  }
}
