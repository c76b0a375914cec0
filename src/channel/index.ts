// Channels carry messages. So far: how messages are told apart on byte streams.
export {
  DEFAULT_MAX_MESSAGE,
  type FrameDecoder,
  type Framing,
  FramingError,
  type FramingErrorCode,
  type FramingName,
  type FramingOptions,
  framing,
} from './framing/index.ts'
export { type ByteSink, type ByteSource, receiveMessages, sendMessage } from './messages.ts'
