/**
 * Which blocks of the library's code have run, by V8's own counters, in this thread. What is to be counted must be loaded
 * after a `Coverage` was made (what was compiled before has no counters), a file per module: see build.ts.
 */
import { type Profiler, Session } from 'node:inspector'

/** A stretch of a script, from its first character to before its last. */
interface Stretch {
  readonly from: number
  readonly to: number
}

class Script {
  /** E.g. `net/wire`. */
  readonly room: string
  /** By character: 1 where a function stands, where a block begins or ends, and what has run. */
  inFunction = new Uint8Array(1 << 14)
  edges = new Uint8Array(1 << 14)
  ran = new Uint8Array(1 << 14)

  constructor(room: string) {
    this.room = room
  }

  /** Makes room for a character. */
  reach(end: number): void {
    if (end < this.ran.length) return
    const longer = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => {
      const grown = new Uint8Array(end * 2)
      grown.set(bytes)
      return grown
    }
    this.inFunction = longer(this.inFunction)
    this.edges = longer(this.edges)
    this.ran = longer(this.ran)
  }

  count(into: { reached: number; blocks: number }): void {
    let inside = false
    for (let at = 0; at < this.ran.length; at++) {
      const begins = this.inFunction[at] === 1 && (!inside || this.edges[at] === 1)
      inside = this.inFunction[at] === 1
      if (!begins) continue
      into.blocks++
      if (this.ran[at] === 1) into.reached++
    }
  }
}

export interface RoomCoverage {
  readonly room: string
  readonly reached: number
  readonly blocks: number
}

/** What ran since the last look, and had not run before. */
export type News = ReadonlyMap<Script, readonly Stretch[]>

/** Rooms whose code a stranger's bytes can reach, in the built files' addresses. */
const watched = /\/(net\/(?:wire|world|sync|session|runtime|lobby|transport|signaling))\//

export class Coverage {
  private readonly session = new Session()
  private readonly scripts = new Map<string, Script | null>()
  /** Functions as they were seen to run, which need no second look. */
  private readonly seen = new Set<string>()

  constructor() {
    this.session.connect()
    this.session.post('Profiler.enable')
    this.session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  }

  /** What ran for the first time since the last call. It counts as run from `keep` on. */
  look(): News {
    const news = new Map<Script, Stretch[]>()
    for (const [script, stretches] of this.take())
      for (const stretch of stretches) {
        const from = script.ran.indexOf(0, stretch.from)
        if (from < 0 || from >= stretch.to) continue
        const fresh = news.get(script) ?? []
        fresh.push(stretch)
        news.set(script, fresh)
      }
    return news
  }

  keep(news: News): void {
    for (const [script, stretches] of news) for (const { from, to } of stretches) script.ran.fill(1, from, to)
  }

  /** Forgets what was seen, so that the next look tells all of it that is not kept. */
  lookAgain(): void {
    this.seen.clear()
    this.take()
    this.seen.clear()
  }

  private *take(): Generator<[Script, Stretch[]]> {
    let result: Profiler.ScriptCoverage[] = []
    // In process the answer comes before `post` returns.
    this.session.post('Profiler.takePreciseCoverage', (error, answer) => {
      if (!error) result = answer.result
    })
    for (const { url, functions } of result) {
      const script = this.scriptOf(url)
      if (!script) continue
      for (const { ranges } of functions) {
        const stretches = this.stretchesOf(url, script, ranges)
        if (stretches.length > 0) yield [script, stretches]
      }
    }
  }

  /** What ran of a function: its ranges are nested, and an inner one's count holds for it. */
  private stretchesOf(url: string, script: Script, ranges: readonly Profiler.CoverageRange[]): Stretch[] {
    const whole = ranges[0]
    if (!whole || whole.startOffset === 0) return []
    const signature = `${url} ${ranges.map((range) => `${range.startOffset},${range.endOffset},${Math.sign(range.count)}`).join(' ')}`
    if (this.seen.has(signature)) return []
    this.seen.add(signature)
    const from = whole.startOffset
    script.reach(whole.endOffset)
    const ran = new Uint8Array(whole.endOffset - from)
    for (const { startOffset, endOffset, count } of ranges) {
      ran.fill(count > 0 ? 1 : 0, startOffset - from, endOffset - from)
      script.edges[startOffset] = 1
      script.edges[endOffset] = 1
    }
    script.inFunction.fill(1, whole.startOffset, whole.endOffset)
    const stretches: Stretch[] = []
    for (let at = ran.indexOf(1); at >= 0; ) {
      const end = ran.indexOf(0, at)
      const to = end < 0 ? ran.length : end
      stretches.push({ from: from + at, to: from + to })
      at = end < 0 ? -1 : ran.indexOf(1, end)
    }
    return stretches
  }

  private scriptOf(url: string): Script | null {
    const known = this.scripts.get(url)
    if (known !== undefined) return known
    const room = watched.exec(url)?.[1]
    const made = room !== undefined && url.startsWith('file:') ? new Script(room) : null
    this.scripts.set(url, made)
    return made
  }

  /** Blocks of each room: of all functions whose module was loaded, and of those that ran. */
  rooms(): RoomCoverage[] {
    const counts = new Map<string, { reached: number; blocks: number }>()
    for (const script of this.scripts.values()) {
      if (!script) continue
      const count = counts.get(script.room) ?? { reached: 0, blocks: 0 }
      script.count(count)
      counts.set(script.room, count)
    }
    return [...counts].map(([room, count]) => ({ room, ...count })).sort((a, b) => a.room.localeCompare(b.room))
  }
}
