// What can be read of a queue at any time.

export interface QueueCounters {
  /** Jobs that came from producers. */
  readonly received: number
  /** Jobs that workers have acknowledged. */
  readonly done: number
  /** Deliveries to another worker, because the one before died, left or gave the job back. */
  readonly redelivered: number
  /** Jobs that wait for a worker. */
  readonly waiting: number
  /** Jobs that workers have and have not acknowledged. */
  readonly working: number
  readonly producers: number
  readonly workers: number
}
