/**
 * `npm run bench -- node`: how steadily a Node process hosts, over each implementation of WebRTC for Node that is alive. The room runs
 * on the first core and its 64 guests on the second, each a process of its own; every guest gets and sends 60 messages of 200 B a second.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { createInterface, type Interface } from 'node:readline'
import { type Bench, measured, quantile, type Row } from '../bench.ts'
import { cpuSince, cpuTimes, judged } from '../idle.ts'
import { HZ, KINDS, type Kind, MESSAGE_BYTES } from './peers.ts'
import type { RoomFigures } from './room/room.ts'

const GUESTS = 64
const SECONDS = 15

export const node: Bench = {
  summary: `a Node process that hosts ${GUESTS} guests at ${HZ} Hz, by ${KINDS.join(' and by ')}: the gaps between its ticks`,
  async run({ full, seconds }) {
    const length = seconds ?? (full ? 4 * SECONDS : SECONDS)
    const rows: Row[] = []
    for (const kind of KINDS) rows.push(...(await rowsOf(kind, length)))
    return rows
  },
}

/** Of the package's own way alone. `seconds`: null for as long as is usual. */
export function nodeHostRows(seconds: number | null): Promise<Row[]> {
  return rowsOf(KINDS[0], seconds ?? SECONDS)
}

async function rowsOf(kind: Kind, seconds: number): Promise<Row[]> {
  const room = start(0, 'room', kind, String(GUESTS))
  try {
    const [, url = '', code = ''] = (await room.line(/^url /)).split(' ')
    const crowd = start(1, 'crowd', kind, url, code, String(GUESTS))
    try {
      const began = performance.now()
      await crowd.line(/^joined$/)
      console.error(`${kind}: ${GUESTS} guests joined in ${((performance.now() - began) / 1000).toFixed(1)} s`)
      const look = async (afterSeconds: number): Promise<RoomFigures> => {
        await new Promise((done) => setTimeout(done, afterSeconds * 1000))
        room.child.stdin.write('look\n')
        return JSON.parse(await room.line(/^\{/)) as RoomFigures
      }
      // What joining cost is not what playing costs.
      await look(2)
      const before = cpuTimes()
      return figuresOf(kind, await look(seconds), seconds, cpuSince(before))
    } finally {
      crowd.child.stdin.end()
    }
  } finally {
    room.child.stdin.end()
  }
}

function figuresOf(
  kind: Kind,
  { gaps, received, skipped, peers, cpu }: RoomFigures,
  seconds: number,
  idle: number,
): Row[] {
  // The target is that of the package's own way; the other is what it is measured beside.
  const own = kind === KINDS[0]
  const of = `node host, ${GUESTS} clients at ${HZ} Hz${own ? '' : `, by ${kind}`}`
  const all = GUESTS * HZ * seconds
  const rows = [
    measured('tick gap p99', of, quantile(gaps, 0.99), 'ms', 'lower', own ? 25 : null),
    measured('tick gap p50', of, quantile(gaps, 0.5), 'ms', 'lower'),
    measured(`messages of ${MESSAGE_BYTES} B that came`, of, (100 * received) / all, '%', 'higher'),
    measured('messages that were skipped, as they would have waited', of, (100 * skipped) / all, '%', 'lower'),
    measured('guests at the end', of, peers, 'count', 'higher'),
    measured('CPU of the host', of, 100 * cpu, '% of a core', 'lower'),
    measured('CPU that stayed idle', of, 100 * idle, '% of the machine', 'higher'),
  ]
  return judged(rows, idle)
}

interface Process {
  readonly child: ChildProcessWithoutNullStreams
  /** The next line that looks so. */
  line(expected: RegExp): Promise<string>
}

/** A program of this folder on a core of its own; where there is no `taskset`, wherever the system puts it. */
function start(core: number, name: 'room' | 'crowd', ...args: string[]): Process {
  const program = [process.execPath, '.ci/run-ts.mjs', `test/bench/node/${name}/${name}.ts`, ...args]
  const [command = '', ...rest] = process.platform === 'linux' ? ['taskset', '-c', String(core), ...program] : program
  const child = spawn(command, rest, {
    stdio: ['pipe', 'pipe', 'inherit'],
  }) as unknown as ChildProcessWithoutNullStreams
  const lines = createInterface({ input: child.stdout })
  return { child, line: (expected) => nextLine(lines, expected, name) }
}

function nextLine(lines: Interface, expected: RegExp, name: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const closed = (): void => reject(new Error(`The ${name} ended before it said ${expected}.`))
    const heard = (line: string): void => {
      if (!expected.test(line)) return
      lines.off('line', heard)
      lines.off('close', closed)
      resolve(line)
    }
    lines.on('line', heard)
    lines.once('close', closed)
  })
}
