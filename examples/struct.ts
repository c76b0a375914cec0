// A table of C structs in shared memory: two mappings of it, as two programs would have, and the header for one in C.
import {
  array,
  atomic,
  bool,
  cstring,
  enumeration,
  f64,
  Memfd,
  type StructView,
  struct,
  u8,
  u32,
} from 'hutong'

const Order = struct(
  {
    id: u32,
    price: f64,
    side: enumeration(u8, { buy: 1, sell: 2 }),
    open: bool,
    name: cstring(16),
  },
  { name: 'order' },
)
const Book = struct({ count: atomic(u32), orders: array(Order, 8) }, { name: 'book' })

/** The accessor's type follows from the schema: `side` is 'buy' | 'sell'. */
function describe(order: StructView<typeof Order>): string {
  return `${order.side} ${order.name} at ${order.price}${order.open ? '' : ' (closed)'}`
}

const memory = Memfd.create('book', { size: Book.size })
const mine = memory.map()
const theirs = memory.map()

const book = Book.at(mine)
book.orders.set(0, { id: 1, price: 1.5, side: 'buy', open: true, name: 'tea' })
const second = book.orders.get(1)
second.id = 2
second.price = 2.25
second.side = 'sell'
second.name = '茶'
book.count.store(2) // last: who sees 2 sees both orders whole

const seen = Book.at(theirs)
for (let index = 0; index < seen.count.load(); index++) console.log(describe(seen.orders.get(index)))
console.log('as a plain object:', Order.read(theirs, Book.offsets.orders))

try {
  second.name = 'a name that is far too long'
} catch (error) {
  console.log(String(error))
}
console.log(`\n${Book.header()}`)
for (const each of [mine, theirs, memory]) each.close()
