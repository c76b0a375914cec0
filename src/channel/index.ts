/** `hutong/channel`: messages between processes, one interface over every lane. */
export { Channel } from './channel.ts'
export { type Closed, type CloseReason, PeerDiedError } from './closed.ts'
export { clone, json, structs, utf8 } from './codec/index.ts'
export { BadMessageError, bytes, type Codec } from './codec.ts'
export { type ConnectOptions, connect } from './connect.ts'
export { CorruptPeerError } from './corrupt.ts'
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
export { Loan, Packed, View } from './in-place.ts'
export { type ListenOptions, listen } from './listen.ts'
export { ChannelListener } from './listener.ts'
export { type ByteSink, type ByteSource, receiveMessages, sendMessage } from './messages.ts'
export type { ChannelOptions } from './options.ts'
export { type Carrier, channelOver, type OverOptions } from './over.ts'
export type { QueueCounters } from './queue/counters.ts'
export { type HoldOptions, holdQueue, type QueueHolder } from './queue/hold.ts'
export { type ConsumeOptions, consume, type ProduceOptions, produce } from './queue/join.ts'
export type { QueueProducer } from './queue/producer.ts'
export type { Job, QueueWorker } from './queue/worker.ts'
export {
  type ConnectServiceOptions,
  connectService,
  type Envelope,
  type ErrorReport,
  type Handler,
  ListeningService,
  type RequestContext,
  type ServeOptions,
  Service,
  ServiceClient,
  type ServiceCodec,
  ServiceError,
  type ServiceOptions,
  serve,
  serviceCodec,
} from './service/index.ts'
export type { Policy } from './shm/log-layout.ts'
export { channelPair, RemoteEnd, type ShmChannelOptions } from './shm/rendezvous.ts'
export { HandshakeError } from './shm/welcome.ts'
export { LostMessagesError } from './topic/lost.ts'
export type { Publisher } from './topic/publisher.ts'
export type { PublisherCounters } from './topic/sink.ts'
export type { SubscriberCounters } from './topic/source.ts'
export type { Subscriber } from './topic/subscriber.ts'
export { type PublishOptions, publish, type SubscribeOptions, subscribe } from './topic/topic.ts'
export type { DirectionCounters, Transport, TransportCounters, TransportListener } from './transport.ts'
