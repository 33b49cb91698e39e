/**
 * A match of 2 to 6 players whose host is killed or hands over, again and again, all drawn from a seed. In go the seed; out come what
 * broke a law, a trace of what happened, and counts. The match is the real one at the level of runners; elections are not in it.
 *
 * The laws: every event is told once, and what did not happen is denied; every command runs once and is answered; every seat is held by
 * its player; what another host goes on from is what the old one had at that tick, secrets included, and no older than the heir said;
 * drawn time never runs back, and goes on evenly for who keeps the links; at rest, what was predicted is what was confirmed.
 */

import type { ShapeOf } from '../../../net/index.ts'
import { seededRandom } from '../../../net/testing.ts'
import type { LinkConditions } from '../../../net/transport/simulated.ts'
import { saveWorld } from '../../../net/world/save.ts'
import { act, arena, rest } from '../arena.ts'
import { HostChange, type Page } from '../host-change.ts'
import { confirmedFaults, digest, predictionFaults } from '../laws.ts'
import { DrawnTime } from './drawn-time.ts'

type Arena = ShapeOf<typeof arena>

const TICK_MS = 1000 / 60
/** Digests of the world are kept for so many ticks: longer than any heir is behind. */
const KEEP_TICKS = 120
/** Events of the last moment may be on their way still. */
const LAST_SECONDS = 2

/** Hosts change every two or three seconds here. */
const TIMES = { steadyMs: 900, judgedMs: 700 }

export interface HostStory {
  readonly faults: string[]
  readonly trace: string[]
  readonly counts: Record<string, number>
}

interface Heard {
  /** How often an event was told, less how often it was denied, by its identity. */
  readonly times: Map<string, number>
  asked: number
  answered: number
  rejected: number
}

class Story {
  readonly faults: string[] = []
  readonly trace: string[] = []
  readonly counts: Record<string, number> = {
    kills: 0,
    handovers: 0,
    commands: 0,
    events: 0,
    'ticks lost': 0,
    'drawn times judged': 0,
  }
  private readonly random: () => number
  private readonly match: HostChange<Arena>
  private readonly heard = new Map<Page<Arena>, Heard>()
  private readonly drawn = new Map<Page<Arena>, number>()
  private readonly times = new Map<Page<Arena>, DrawnTime>()
  /** Digests of the world after each of the last ticks of the present host. */
  private digests = new Map<number, { readonly world: number; readonly secret: string }>()

  constructor(seed: number) {
    this.random = seededRandom(seed)
    const { random } = this
    const network: LinkConditions = {
      latencyMs: Math.round(5 + random() * 70),
      jitterMs: random() < 0.5 ? 0 : Math.round(random() * 20),
      loss: random() < 0.3 ? 0 : random() * 0.08,
      duplicate: random() < 0.7 ? 0 : random() * 0.1,
    }
    const players = 2 + Math.floor(random() * 5)
    this.say(`${players} players, ${JSON.stringify(network)}`)
    this.match = new HostChange<Arena>(arena, players, network, seed)
    for (const page of this.match.clients) this.listen(page)
  }

  private say(what: string): void {
    this.trace.push(`${(this.match?.network.now ?? 0).toFixed(0)} ms: ${what}`)
  }

  private listen(page: Page<Arena>): void {
    const heard: Heard = { times: new Map(), asked: 0, answered: 0, rejected: 0 }
    this.heard.set(page, heard)
    const count = (key: string, by: number): void => {
      this.counts.events!++
      heard.times.set(key, (heard.times.get(key) ?? 0) + by)
    }
    for (const name of ['shot', 'puff', 'gong', 'fell'] as const) {
      const key = (payload: unknown, tick: number): string => JSON.stringify([name, tick, payload])
      page.session.on(
        name,
        (payload, { tick }) => count(key(payload, tick), 1),
        (payload, { tick }) => count(key(payload, tick), -1),
      )
    }
  }

  private each = (): void => {
    const { match, random } = this
    for (const page of match.clients) {
      if (random() < 0.1) act(page, random)
      if (random() < 0.01) this.ask(page)
      const { tick } = page.view()
      if (tick < (this.drawn.get(page) ?? 0)) this.faults.push(`drawn time of ${page.me} ran back to ${tick}`)
      this.drawn.set(page, tick)
      this.lookAtTime(page, tick)
    }
    this.noteWorld()
  }

  private lookAtTime(page: Page<Arena>, tick: number): void {
    const { match, counts } = this
    const time = this.times.get(page) ?? new DrawnTime(`${page.me}`, arena.tickRate, TIMES)
    this.times.set(page, time)
    const { judged } = time
    const { confirmedTick: confirmed, epoch } = page.runner.session
    const fault = time.look({ now: match.network.now, epoch, tick, confirmed })
    if (fault) this.faults.push(fault)
    counts['drawn times judged']! += time.judged - judged
  }

  private ask(page: Page<Arena>): void {
    const heard = this.heard.get(page)!
    heard.asked++
    this.counts.commands!++
    page.session.command('buy', { price: 1 }).then(
      () => heard.answered++,
      () => heard.rejected++,
    )
  }

  private noteWorld(): void {
    const { world } = this.match.host.session
    if (this.digests.has(world.tick)) return
    this.digests.set(world.tick, digestOf(world))
    this.digests.delete(world.tick - KEEP_TICKS)
  }

  async play(): Promise<void> {
    const { match, random } = this
    match.run(500, this.each)
    for (let changes = 1 + Math.floor(random() * 3); changes > 0 && match.clients.length > 1; changes--) {
      const heir = this.drawHeir()
      match.warm(heir)
      match.run(1000 + random() * 1000, this.each)
      if (random() < 0.5) this.kill(heir)
      else this.handOver(heir)
      match.run(800 + random() * 800, this.each)
      if (random() < 0.5) for (const page of match.clients) this.faults.push(...confirmedFaults(match.match, page))
      await Promise.resolve()
    }
    rest(match.match)
    match.run(LAST_SECONDS * 1000)
    while (match.host.session.world.tick % 40 !== 30) match.run(TICK_MS)
    await Promise.resolve()
    this.judge()
  }

  private drawHeir(): Page<Arena>['me'] {
    const guests = this.match.clients.filter(({ me }) => me !== this.match.hosting)
    return guests[Math.floor(this.random() * guests.length)]!.me
  }

  private kill(heir: Page<Arena>['me']): void {
    const { match, random } = this
    const { network, host } = match
    const ageMs = host.migrationReport(network.now)?.heirs[0]?.ageMs ?? null
    const died = host.session.world.tick
    match.kill()
    this.counts.kills!++
    this.say(`the host is killed at tick ${died}, heir ${heir}, ${ageMs?.toFixed(0)} ms old`)
    match.run(random() < 0.5 ? random() * 200 : random() * 1500, this.each)
    this.change(heir)
    const { tick } = match.change!.cut
    this.counts['ticks lost']! += died - tick
    // The ack of a tick is on its way for a while, so the heir's own world is newer than the host thinks.
    if (ageMs !== null && tick < died - ageMs / TICK_MS - 1)
      this.faults.push(`the match went back to ${tick} from ${died}, and its heir was ${ageMs} ms old`)
  }

  private handOver(heir: Page<Arena>['me']): void {
    const { match, random } = this
    const stoppedAt = match.stop()
    const { runner } = match.page(heir)
    this.counts.handovers!++
    this.say(`the host hands over to ${heir} at tick ${stoppedAt}`)
    for (let waited = 0; waited < 300 && (runner.heir?.tick ?? 0) < stoppedAt; waited += TICK_MS)
      match.run(TICK_MS, this.each)
    if (runner.heir?.tick !== stoppedAt)
      this.faults.push(`the heir has ${runner.heir?.tick}, not the last tick ${stoppedAt}`)
    if (random() < 0.3) {
      this.say('and its page goes')
      match.kill()
    }
    this.change(heir, stoppedAt)
  }

  private change(heir: Page<Arena>['me'], upTo?: number): void {
    const { match } = this
    const before = this.digests
    const { host, cut, rebase } = match.goOn(heir, upTo)
    this.say(`${heir} goes on from ${cut.tick}, time ${rebase.shiftTicks.toFixed(1)}`)
    const was = before.get(cut.tick)
    const is = digestOf(host.session.world)
    if (was && was.world !== is.world) this.faults.push(`the world of tick ${cut.tick} is not that of the old host`)
    if (was && was.secret !== is.secret)
      this.faults.push(`the secret stream of tick ${cut.tick} is not that of the old host`)
    this.digests = new Map()
    const { session } = host
    session.onTick(({ run: { joined, returned = [], expired = [] } }) => {
      for (const player of [...joined, ...returned, ...expired])
        this.faults.push(`the seat of ${player} changed hands with the host`)
    })
  }

  private judge(): void {
    const { match, faults } = this
    const { world, malformed } = match.host.session
    const until = world.tick - LAST_SECONDS * 60
    for (const page of match.clients) {
      const { me, runner } = page
      const { times, asked, answered, rejected } = this.heard.get(page)!
      for (const [key, count] of times) if (count < 0 || count > 1) faults.push(`${me} was told ${key} ${count} times`)
      for (let number = 1; number <= Math.floor(until / 60); number++) {
        const told = [...times].filter(
          ([key, count]) => count > 0 && key.startsWith('["gong"') && key.endsWith(`{"number":${number}}]`),
        )
        if (told.length !== 1) faults.push(`${me} was told gong ${number} ${told.length} times`)
      }
      if (answered + rejected !== asked) faults.push(`${asked - answered - rejected} commands of ${me} have no answer`)
      const score = Number((world.player(me) as unknown as { score: number }).score)
      if (score !== answered)
        faults.push(`commands of ${me} ran ${score} times, and ${answered} of ${asked} were answered`)
      const own = [...world.list(arena.schema.entities.get('runner')!)].filter(({ owner }) => owner === me).length
      if (own !== 1) faults.push(`the seat of ${me} has ${own} runners`)
      faults.push(...predictionFaults(match.match, page), ...confirmedFaults(match.match, page))
      if (Object.keys(runner.session.malformed).length > 0)
        faults.push(`${me} was sent ${JSON.stringify(runner.session.malformed)}`)
    }
    if (Object.keys(malformed).length > 0) faults.push(`the host was sent ${JSON.stringify(malformed)}`)
  }
}

function digestOf(world: Parameters<typeof saveWorld>[0]): { readonly world: number; readonly secret: string } {
  const secret = [...world.secretState].join()
  const { secretState } = world
  // The stream is told apart from the rest of the world.
  world.secretState = new Uint32Array(4)
  const bytes = saveWorld(world)
  world.secretState = secretState
  return { world: digest(0, bytes), secret }
}

export async function playHostStory(seed: number): Promise<HostStory> {
  const story = new Story(seed)
  try {
    await story.play()
  } catch (error) {
    story.faults.push(String(error))
  }
  return story
}
