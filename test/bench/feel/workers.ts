/** Runs jobs on all cores: threads of this same module, each of which takes the next job when it has done one. */
import { availableParallelism } from 'node:os'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { type Job, type JobResult, runJob } from './jobs.ts'

/** What tells a thread of ours from one that somebody else started with this module in it. */
const ROLE = 'feel'

/** Eight machines in one heap make much that is soon garbage: a larger nursery is emptied less often. */
const resourceLimits = { maxYoungGenerationSizeMb: 128 }

/** Runs every job; `done` hears of each as it ends, in no order. */
export async function runJobs(jobs: readonly Job[], done: (job: Job, result: JobResult) => void): Promise<void> {
  const waiting = [...jobs]
  const threads = Math.min(availableParallelism(), jobs.length)
  await Promise.all(Array.from({ length: threads }, () => serve(waiting, done)))
}

function serve(waiting: Job[], done: (job: Job, result: JobResult) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: ROLE, resourceLimits })
    let current: Job | undefined
    const next = (): void => {
      current = waiting.shift()
      if (current) worker.postMessage(current)
      else worker.terminate().then(() => resolve(), reject)
    }
    worker.on('message', (result: JobResult) => {
      if (current) done(current, result)
      next()
    })
    worker.on('error', reject)
    next()
  })
}

if (!isMainThread && workerData === ROLE) parentPort?.on('message', (job: Job) => parentPort?.postMessage(runJob(job)))
