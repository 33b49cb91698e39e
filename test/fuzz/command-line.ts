/**
 * `npm run fuzz -- [--seconds N] [--seed S]`: forged packets for every decoder, session and lobby, made from honest ones
 * and guided by the code they reach. Nothing may throw, hang, reach a game out of range or grow without end. The last
 * line sums up; the exit code is not 0 when anything was found. `-- --replay FILE` runs one finding again.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { buildModules } from './build.ts'
import type { Finding } from './campaign.ts'
import type { Job, Message, Summary } from './worker.ts'

/** A case of many packets takes milliseconds, a whole match a second or two. */
const HANG_SECONDS = 30
const CASE_BYTES = 4 * 1024 * 1024
const FOLDER = '.cache/fuzz'
const usage = 'npm run fuzz -- [--seconds N] [--seed S] [--replay FILE]: N is a number above 0, S a whole one.'

/** Returns the exit code. */
export async function runCommandLine(args: string[]): Promise<number> {
  const options = { seconds: { type: 'string' }, seed: { type: 'string' }, replay: { type: 'string' } } as const
  const { values } = parseArgs({ args, options })
  if (values.replay !== undefined) return replayFile(values.replay)
  const seconds = Number(values.seconds ?? 20)
  const seed = Number(values.seed ?? 1)
  if (!(seconds > 0 && Number.isInteger(seed))) {
    console.error(usage)
    return 2
  }
  const findings: Finding[] = []
  const summary = await runWorker({ seconds, seed, shared: new SharedArrayBuffer(CASE_BYTES) }, (finding) => {
    findings.push(finding)
    console.log(`FOUND in ${finding.target}: ${finding.problem}\n  ${kept(finding, seed)}`)
  })
  if (summary) tell(summary, seed, findings.length)
  return summary && findings.length === 0 ? 0 : 1
}

/** Writes a finding to a file and says how to see it again. */
function kept(finding: Finding, seed: number): string {
  mkdirSync(FOLDER, { recursive: true })
  const file = `${FOLDER}/${finding.target.replaceAll(' ', '-')}-${finding.problem.replace(/\W+/g, '-').slice(0, 60)}.json`
  writeFileSync(file, `${JSON.stringify({ ...finding, seed }, null, 2)}\n`)
  const shown =
    finding.hex.length > 400 ? `${finding.hex.slice(0, 400)}… (${finding.hex.length / 2} bytes)` : finding.hex
  return `seed ${seed}, ${shown}\n  again: npm run fuzz -- --replay ${file}`
}

async function replayFile(file: string): Promise<number> {
  const { target, hex } = JSON.parse(readFileSync(file, 'utf8')) as Finding
  const { replay } = await import('./worker.ts')
  const problem = await replay(target, hex)
  console.log(problem === null ? `${target}: nothing is wrong with it.` : `${target}: ${problem}`)
  return problem === null ? 0 : 1
}

/** Null when a case did not end, or the thread did before its time. */
async function runWorker(job: Job, found: (finding: Finding) => void): Promise<Summary | null> {
  const worker = new Worker(await buildModules('test/fuzz/thread.ts'), { workerData: job, argv: [] })
  const { caseIn } = await import('./worker.ts')
  let names: readonly string[] = []
  return new Promise((resolve) => {
    let last = -1
    let since = performance.now()
    const watch = setInterval(() => {
      const { count, target, hex } = caseIn(job.shared)
      if (count !== last) since = performance.now()
      last = count
      if (performance.now() - since < HANG_SECONDS * 1000) return
      found({ target: names[target] ?? 'the beginning', problem: `a case did not end in ${HANG_SECONDS} s`, hex })
      end(null)
    }, 1000)
    const end = (summary: Summary | null): void => {
      clearInterval(watch)
      worker.terminate().then(() => resolve(summary))
    }
    worker.on('message', (message: Message) => {
      if (message.kind === 'targets') names = message.names
      else if (message.kind === 'finding') found(message.finding)
      else if (message.kind === 'progress') console.log(message.line)
      else end(message.summary)
    })
    worker.on('error', (error) => {
      console.error(error)
      end(null)
    })
  })
}

function tell(
  { packets, cases, enveloped, taken, corpus, seconds, rooms, targets }: Summary,
  seed: number,
  findings: number,
): void {
  const percent = (part: number, whole: number): string => `${((100 * part) / Math.max(1, whole)).toFixed(0)} %`
  for (const line of targets) console.log(line)
  for (const { room, reached, blocks } of rooms)
    console.log(`${room}: ${reached} of ${blocks} blocks (${percent(reached, blocks)})`)
  const [reached, blocks] = [
    rooms.reduce((sum, room) => sum + room.reached, 0),
    rooms.reduce((sum, room) => sum + room.blocks, 0),
  ]
  console.log(
    `fuzz: ${packets} packets in ${cases} cases from seed ${seed}, ${Math.round(packets / seconds)} a second, ` +
      `${percent(enveloped, packets)} passed the envelope, ${percent(taken, packets)} were taken, ` +
      `${reached} of ${blocks} blocks reached (${percent(reached, blocks)}), corpus ${corpus}, ${findings} findings`,
  )
}
