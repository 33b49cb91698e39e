/** The fuzzing thread begins here: the counters first, and only then the code that they are to count. */
import { workerData } from 'node:worker_threads'
import { Coverage } from './coverage.ts'
import type { Job } from './worker.ts'

const coverage = new Coverage()
const { work } = await import('./worker.ts')
await work(workerData as Job, coverage)
