/** What a player gains who lies about what they saw: next to nothing beyond what their line explains. */
import { describe, expect, it } from 'vitest'
import type { LinkConditions } from '../../net/testing.ts'
import type { InputPacket } from '../../net/wire/inputs.ts'
import { tamper, Watched } from './luck.ts'

const LIAR = 1
const near: LinkConditions = { latencyMs: 1 }
const uneven: LinkConditions = { latencyMs: 40, stall: { share: 0.05, ms: 150 } }
/** 67 ms: what the host does not know of the moment, the time between two snapshots included. */
const SMALL_TICKS = 4

/** How far back the host looked for a player in each tick, honest and then with a lie. */
function rewinds(network: LinkConditions, lie: (said: InputPacket, packet: number) => InputPacket) {
  const match = new Watched({ players: 2, network }).run(4000)
  const back = match.rewinds[LIAR]!
  const honest = back.slice(120)
  let packet = 0
  tamper(match.client(LIAR), (tick, said) => [[tick, lie(said, packet++)]])
  const from = back.length
  match.run(2000)
  const { movedClaims } = match.match.host.session.clients.get(match.client(LIAR).me)!.rewindCheck
  return { honest, lied: back.slice(from), refused: movedClaims, usual: Math.max(...honest) }
}

const back = (said: InputPacket, ticks: number): InputPacket => ({
  ...said,
  presentationTick: said.presentationTick - ticks,
})
const ackedBefore = (said: InputPacket, packets: number): InputPacket =>
  said.ack ? { ...said, ack: { ...said.ack, sequence: said.ack.sequence - packets } } : said

describe('a player two milliseconds away gets next to nothing back', () => {
  it.each<[string, (said: InputPacket, packet: number) => InputPacket]>([
    ['claims to have seen the world of 20 ticks ago', (said) => back(said, 20)],
    ['claims so in every second packet', (said, packet) => back(said, packet % 2 === 0 ? 20 : 0)],
    ['claims so while they shoot, now and then', (said, packet) => back(said, packet % 40 < 3 ? 20 : 0)],
    ['slows their drawn time down until it is 20 ticks behind', (said, packet) => back(said, Math.min(20, packet / 4))],
    ['names an old ack with it', (said, packet) => back(packet % 2 === 0 ? ackedBefore(said, 10) : said, 20)],
  ])('who %s', (_, lie) => {
    const { lied, usual, refused } = rewinds(near, lie)
    expect(Math.max(...lied)).toBeLessThanOrEqual(usual + SMALL_TICKS)
    expect(refused).toBeGreaterThan(0)
  })
})

describe('a player on a line that stalls', () => {
  it('cannot choose, shot by shot, from all that the line would explain', () => {
    const { lied } = rewinds(uneven, (said, packet) => back(said, packet % 2 === 0 ? 12 : -6))
    // What is looked back by changes by what time is off its pace: a fifth of a tick in each, and a slack once.
    let turned = 0
    for (const [i, ticks] of lied.entries()) if (i > 0) turned += Math.abs(ticks - (lied[i - 1] ?? 0))
    expect(turned).toBeLessThan(lied.length * 0.45 + 2 * SMALL_TICKS)
  })

  it('is believed all that they honestly say', () => {
    const { refused } = rewinds(uneven, (said) => said)
    expect(refused).toBe(0)
  })
})
