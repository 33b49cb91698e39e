/** A scenario's snapshots sent to some of its players over links of several kinds at once, every state checked. */
import { type ScenarioName, startScenario } from '../worlds/scenarios.ts'
import { BenchChannel, BenchHost, EVERY, plainChannel, UNCUT_BYTES, viewers } from './channel.ts'
import { Dissector, Tally } from './dissect.ts'
import { inOrder, type Lateness, type Loss, noLoss } from './loss.ts'

/** Joining is left out of the figures, as it is of the rivals': the first second. */
export const WARM_UP_TICKS = 60

export interface Conditions {
  readonly ackMs: number
  /** Of snapshots, and in the same way of the client's packets with the acks. */
  readonly loss: Loss
  readonly lateness: Lateness
  readonly limitBytes: number
  /** The default bucket of 24 kB/s, or none. */
  readonly bucket: boolean
  /** Whether to tell what the bytes are; only without loss. */
  readonly dissects: boolean
}

/** A perfect link, nothing cut. */
export const plain: Conditions = {
  ackMs: 100,
  loss: noLoss,
  lateness: inOrder,
  limitBytes: UNCUT_BYTES,
  bucket: false,
  dissects: false,
}

export interface Outcome {
  /** Bytes by snapshot, without the first second. */
  readonly sizes: readonly number[]
  /** Bytes by packet, all of them. */
  readonly packetSizes: readonly number[]
  readonly wrong: number
  /** Share of the snapshots that had to leave something out. */
  readonly cutShare: number
  /** What the bytes of `sizes` tell. */
  readonly tally: Tally
}

interface Seat {
  readonly channel: BenchChannel
  readonly dissector: Dissector | null
}

/** One outcome by condition, each with a host of its own on the one world: the learned parameters are the host's. */
export function play(
  scenario: ScenarioName,
  seed: number,
  seconds: number,
  most: number,
  conditions: readonly Conditions[],
): Outcome[] {
  const run = startScenario(scenario, seed)
  const hosts = conditions.map(({ loss, lateness, dissects, ...rest }, c) => {
    const host = new BenchHost(run)
    const [joining, tally] = [new Tally(), new Tally()]
    const seats = viewers(run, most).map((player, i): Seat => {
      const own = seed + i + c * most
      const options = { ...plainChannel, ...rest, player, lost: loss(own), ackLost: loss(-own), lateMs: lateness(own) }
      return {
        channel: new BenchChannel(host, options),
        dissector: dissects ? new Dissector(run.game, player, joining) : null,
      }
    })
    return { host, seats, tally }
  })
  for (let tick = 1; tick <= seconds * run.game.tickRate; tick++) {
    for (const { host } of hosts) host.beforeTick()
    run.tick()
    for (const { host } of hosts) host.afterTick()
    const now = (tick * 1000) / run.game.tickRate
    const sends = tick % EVERY === 0
    for (const { host, seats, tally } of hosts) {
      if (sends) host.cut()
      for (const { channel, dissector } of seats) {
        const arrivals = channel.step(now, sends)
        if (!dissector) continue
        if (tick > WARM_UP_TICKS) dissector.tally = tally
        for (const arrival of arrivals) dissector.take(arrival)
      }
    }
  }
  return hosts.map(({ seats, tally }) => {
    const channels = seats.map(({ channel }) => channel)
    const cut = channels.reduce((sum, channel) => sum + channel.cut, 0)
    const whole = channels.reduce((sum, channel) => sum + channel.whole, 0)
    return {
      sizes: channels.flatMap(({ sizes }) => sizes.slice(WARM_UP_TICKS / EVERY)),
      packetSizes: channels.flatMap(({ packetSizes }) => packetSizes),
      wrong: channels.reduce((sum, channel) => sum + channel.wrong, 0),
      cutShare: cut / (cut + whole),
      tally,
    }
  })
}
