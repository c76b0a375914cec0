// Every mechanism that carries a service, one suite for all.
import { serviceConforms } from './service.ts'
import { lanes } from './service-lane.ts'

for (const lane of lanes) serviceConforms(lane)
