/** A short match of a game with every kind of field, by honest players: what all forged packets come from. */
import { ClientSession } from '../../net/session/client.ts'
import { HostSession } from '../../net/session/host.ts'
import { seededRandom } from '../../net/testing.ts'
import { type PlayerId, playerId } from '../../net/world/ids.ts'
import { sendAll } from '../net/session/send-all.ts'
import { everything } from '../net/world/everything.ts'
import type { Step } from './cases.ts'
import { Draw } from './draw.ts'
import { Values } from './values.ts'

export const game = everything
export const EPOCH = 7
/** The one who sends to the host what is forged, and is sent what is. */
export const me: PlayerId = playerId(2, 3)
/** One who plays on. */
export const other: PlayerId = playerId(0, 1)
export const players: readonly PlayerId[] = [other, me]
/** Virtual time of a tick, in whole ms. */
export const TICK_MS = 17
const START_MS = 1000
/** From the player to the host: several snapshots are under way when the first is acknowledged. */
const DELAY_TICKS = 8

export const meeting = { game, epoch: EPOCH, me, players }

export const newHost = (): HostSession => new HostSession({ game, seed: 1, secret: [1, 2, 3, 4], epoch: EPOCH })
export const newClient = (player: PlayerId): ClientSession =>
  new ClientSession({ game, me: player, seed: 1, epoch: EPOCH })

/** A host with two players, of whom one is honest, and driven by steps of the other's. */
export class Room {
  readonly host = newHost()
  readonly innocent = newClient(other)
  now = START_MS
  /** Packets of the other's, as they leave the host. */
  readonly toMe: Step[] = []
  private readonly draw = new Draw(seededRandom(3))

  constructor() {
    for (const player of players) this.host.join(player)
    this.host.advance(this.now)
  }

  /** Time passes; the honest player plays. */
  pass(ms: number, hear: (bytes: Uint8Array, now: number) => void = () => {}): void {
    for (let left = ms; left > 0; left -= TICK_MS) {
      const step = Math.min(left, TICK_MS)
      this.now += step
      this.host.advance(this.now)
      for (const { player, bytes } of sendAll(this.host, this.now)) {
        if (player === other) this.innocent.receive(bytes, this.now)
        else hear(bytes, this.now)
      }
      this.playOn(this.innocent, this.draw, (bytes) => this.host.receive(other, bytes, this.now))
    }
  }

  /** One tick of an honest client. */
  playOn(client: ClientSession, draw: Draw, send: (bytes: Uint8Array) => void): void {
    client.input({ x: draw.int(3) - 1, aim: draw.random(), fire: draw.chance(0.2) })
    client.advance(this.now)
    const bytes = client.outgoing(this.now)
    if (bytes) {
      client.sent(this.now, bytes.length)
      send(bytes)
    }
    client.events()
    client.takeResults()
  }
}

export interface Honest {
  /** What the host sent to the player, and when: ms since the packet before. */
  readonly toClient: readonly Step[]
  readonly toHost: readonly Step[]
}

/** The match with nobody forging anything; one packet in eight to the player is lost. */
export function playHonestly(ticks: number): Honest {
  const room = new Room()
  const client = newClient(me)
  const draw = new Draw(seededRandom(5))
  const values = new Values(draw, 60, players)
  const toClient: Step[] = []
  const toHost: Step[] = []
  const underWay: { due: number; bytes: Uint8Array }[] = []
  for (let tick = 0; tick < ticks; tick++) {
    room.pass(TICK_MS, (bytes, now) => {
      toClient.push({ when: TICK_MS * 2, bytes })
      if (!draw.chance(1 / 8)) client.receive(bytes, now)
    })
    if (tick % 9 === 4 && client.ready) {
      const type = draw.pick(game.schema.commands)
      client.command(type.name, type.name === 'ping' ? {} : { text: values.text(20), words: ['x'], player: other })
    }
    room.playOn(client, draw, (bytes) => underWay.push({ due: tick + DELAY_TICKS, bytes }))
    for (let first = underWay[0]; first && first.due <= tick; first = underWay[0]) {
      underWay.shift()
      toHost.push({ when: TICK_MS, bytes: first.bytes })
      room.host.receive(me, first.bytes, room.now)
    }
  }
  return { toClient, toHost }
}
