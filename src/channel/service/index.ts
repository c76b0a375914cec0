// Services: requests and replies.
export { ServiceClient } from './client.ts'
export { type ConnectServiceOptions, connectService } from './connect-service.ts'
export { type Envelope, type ServiceCodec, serviceCodec } from './envelope.ts'
export type { Handler, RequestContext } from './job.ts'
export { ListeningService, type ServeOptions, serve } from './serve.ts'
export { Service, type ServiceOptions } from './service.ts'
export { type ErrorReport, ServiceError } from './service-error.ts'
