/** `hutong`: every way two Linux processes can talk, with the kernel's own semantics. */
export { type Address, AddressError, formatAddress, parseAddress } from './address/index.ts'
export { EventFd, type EventFdOptions } from './kernel/event-fd.ts'
export { Fifo, type FifoOpenOptions } from './kernel/fifo.ts'
export type { FifoOptions } from './kernel/fifo-path.ts'
export { FileLock, RecordLock } from './kernel/file-lock.ts'
export { type Conversion, HeldFile, LockLostError } from './kernel/file-lock-held.ts'
export type { FileLockOptions, RecordHolder, RecordLockOptions, Sharing } from './kernel/file-lock-options.ts'
export type { LockTarget } from './kernel/file-lock-way.ts'
export { Condition, type ConditionOptions } from './kernel/lock/condition.ts'
export type { Held } from './kernel/lock/held.ts'
export { Mutex } from './kernel/lock/mutex.ts'
export { NotALockError } from './kernel/lock/not-a-lock.ts'
export { RwLock, type RwLockOptions } from './kernel/lock/rw-lock.ts'
export { Mapping } from './kernel/mapping.ts'
export { MappingLostError, ReadOnlyWriteError } from './kernel/mapping-error.ts'
export type {
  AnonymousOptions,
  CreateMappingOptions,
  HugePages,
  MapOptions,
  OpenMappingOptions,
  ResizeOptions,
} from './kernel/mapping-options.ts'
export type { Advice, Part, TypedArrayConstructor } from './kernel/mapping-views.ts'
export { Memfd, type MemfdOptions, type Seal } from './kernel/memfd.ts'
export { PidFd, type ProcessExit } from './kernel/pid-fd.ts'
export { NotAPipeError } from './kernel/pipe/not-a-pipe.ts'
export { PartialWriteError } from './kernel/pipe/partial-write.ts'
export { Pipe, type PipeOptions } from './kernel/pipe/pipe.ts'
export { PipeReader, type ReadOptions } from './kernel/pipe/reader.ts'
export { PipeWriter } from './kernel/pipe/writer.ts'
export {
  Pipeline,
  type PipelineCommand,
  type PipelineOptions,
  type PipelineResult,
  type PipelineStage,
  type StageExit,
} from './kernel/pipeline.ts'
export {
  type CreatePosixMemoryOptions,
  type OpenPosixMemoryOptions,
  PosixMemory,
} from './kernel/posix/memory.ts'
export { PosixQueue } from './kernel/posix/queue.ts'
export type { PosixQueueLimits } from './kernel/posix/queue-limits.ts'
export type {
  CreatePosixQueueOptions,
  OpenPosixQueueOptions,
  PosixQueueAccess,
  PosixQueueAttributes,
} from './kernel/posix/queue-open.ts'
export type { PosixMessage, PosixReceived, PosixSendOptions } from './kernel/posix/queue-transfer.ts'
export { PosixSemaphore } from './kernel/posix/semaphore.ts'
export type { CreatePosixSemaphoreOptions } from './kernel/posix/semaphore-options.ts'
export type { Disposition } from './kernel/signal/disposition.ts'
export type { SignalInfo, SignalSource } from './kernel/signal/info.ts'
export { SignalListener } from './kernel/signal/listener.ts'
export type { DefaultAction, SignalDescription, SignalName } from './kernel/signal/names.ts'
export type { SignalTarget, SignalValue } from './kernel/signal/send.ts'
export { signals } from './kernel/signal/signals.ts'
export {
  type IntervalTimer,
  SignalTimer,
  type SignalTimerOptions,
  type TimerClock,
  type TimerTimes,
} from './kernel/signal/timer.ts'
export { PacketBatch, type PacketBatchOptions } from './kernel/socket/batch.ts'
export type { BindOptions } from './kernel/socket/bind.ts'
export type { PeerCredentials } from './kernel/socket/credentials.ts'
export { type SendToOptions, UnixDatagram, type UnixDatagramOptions } from './kernel/socket/datagram.ts'
export type { Endpoint } from './kernel/socket/endpoint.ts'
export type { ReceivedDescriptors } from './kernel/socket/gather.ts'
export { type ListenOptions, UnixListener } from './kernel/socket/listener.ts'
export type { AbstractName, UnixName } from './kernel/socket/name.ts'
export type { Received, ReceivedFrom, ReceiveOptions } from './kernel/socket/received.ts'
export type { SendOptions } from './kernel/socket/sent.ts'
export { type ConnectedType, UnixSocket, type UnixSocketOptions } from './kernel/socket/socket.ts'
export { type ReceivedBytes, TcpSocket } from './kernel/socket/tcp.ts'
export { TcpListener, type TcpListenOptions } from './kernel/socket/tcp-listener.ts'
export { type ReceivedPacket, type UdpOptions, UdpSocket } from './kernel/socket/udp.ts'
export { ftok, type SysvKey } from './kernel/sysv/key.ts'
export { type AttachOptions, SysvMemory } from './kernel/sysv/memory.ts'
export type { CreateSysvMemoryOptions, OpenSysvMemoryOptions } from './kernel/sysv/memory-open.ts'
export type { SysvMemoryStat, SysvMemorySystem } from './kernel/sysv/memory-stat.ts'
export { NotInitializedError } from './kernel/sysv/not-initialized.ts'
export type { SysvAccess, SysvOwnership, SysvPermissions } from './kernel/sysv/permissions.ts'
export { SysvQueue } from './kernel/sysv/queue.ts'
export type {
  ReceivedInto,
  SysvMessage,
  SysvMessageLimit,
  SysvSelection,
  SysvTruncation,
} from './kernel/sysv/queue-message.ts'
export type {
  CreateSysvQueueOptions,
  OpenSysvQueueOptions,
  SetSysvQueueOptions,
} from './kernel/sysv/queue-open.ts'
export type { SysvSendOptions } from './kernel/sysv/queue-send.ts'
export type { SysvQueueStat, SysvQueueSystem } from './kernel/sysv/queue-stat.ts'
export { SysvSemaphores } from './kernel/sysv/semaphores.ts'
export type {
  CreateSysvSemaphoresOptions,
  OpenSysvSemaphoresOptions,
  SemaphoreOperation,
  SemaphoreOptions,
} from './kernel/sysv/semaphores-options.ts'
export type { SysvSemaphoresStat, SysvSemaphoresSystem } from './kernel/sysv/semaphores-stat.ts'
export {
  type Atomic,
  array,
  atomic,
  bool,
  bytes,
  type CStringOptions,
  char,
  cstring,
  ElementArray,
  enumeration,
  type FieldType,
  f32,
  f64,
  flags,
  i8,
  i16,
  i32,
  i64,
  long,
  Struct,
  type StructFields,
  type StructInput,
  type StructMemory,
  type StructOptions,
  type StructValue,
  type StructView,
  size_t,
  struct,
  u8,
  u16,
  u32,
  u64,
} from './layout/struct/index.ts'
export { SysError } from './sys/error.ts'
export { Fd } from './sys/fd.ts'
export type { SpinOptions } from './wait/awake.ts'
export { type SyncOptions, TimeoutError, type WaitOptions } from './wait/options.ts'
