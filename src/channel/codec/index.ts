// Codecs that need nothing but Node.
export { clone } from './clone.ts'
export { json } from './json.ts'
export { structs } from './structs.ts'
export { utf8 } from './utf8.ts'
