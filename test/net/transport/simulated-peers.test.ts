/** Connections of a simulated network, made by texts that go through signalling: `transport.peerConnection` in virtual time. */
import { describe, expect, it } from 'vitest'
import { thisPage } from '../../../net/platform/platform.ts'
import { type LinkAttempt, openLink } from '../../../net/star/open-link.ts'
import { type NetworkConditions, SimulatedNetwork } from '../../../net/testing.ts'
import type { LaneLink } from '../../../net/transport/lane-link.ts'
import { type SimulatedConnection, simulatedPeers } from '../../../net/transport/simulated/peer-connection.ts'

/** A guest that offers and a host that answers; each text takes 5 ms through signalling. */
function meeting(conditions: NetworkConditions = { latencyMs: 30 }) {
  const network = new SimulatedNetwork(1)
  const connections: SimulatedConnection[] = []
  const connect = simulatedPeers(network, {
    conditions: () => conditions,
    connected: (connection) => connections.push(connection),
  })
  const log: string[] = []
  const links: Record<string, LaneLink> = {}
  const texts: string[] = []
  const attempts: Record<string, LinkAttempt | null> = {}
  const platform = { ...thisPage, ...network.timers, onPulse: () => () => {} }
  const open = (name: string, offer: string | null, sendSignal: (text: string) => void): void => {
    attempts[name] = openLink(connect, {
      offer,
      iceServers: [],
      timeoutMs: 15_000,
      platform,
      sendSignal(text) {
        texts.push(text)
        network.at(network.now + 5, () => sendSignal(text))
      },
      opened(link) {
        links[name] = link
        log.push(`${name} open ${network.now}`)
        link.listen({
          message: (lane, [first]) => log.push(`${name} hears ${lane} ${first}`),
          closed: (reason) => log.push(`${name} closed ${reason}`),
        })
      },
      failed: (detail) => log.push(`${name} failed ${detail}`),
      ended: (reason) => log.push(`${name} ended ${reason}`),
    })
  }
  open('guest', null, (text) => open('host', text, (answer) => attempts.guest?.signal(answer)))
  return { network, connections, connect, log, links, texts, attempts, platform }
}

describe('a simulated connection', () => {
  it('opens once a packet has passed there and back, and carries both lanes', async () => {
    const { network, log, links } = meeting()
    network.advanceTo(100)
    // 5 ms for the offer, 5 for the answer.
    expect(log).toEqual(['host open 40', 'guest open 70'])
    links.guest?.send('bulk', Uint8Array.of(7))
    links.host?.send('state', Uint8Array.of(8))
    network.advanceTo(200)
    expect(log.slice(2)).toEqual(['host hears bulk 7', 'guest hears state 8'])
    links.host?.close('host-left')
    await Promise.resolve()
    network.advanceTo(2000)
    expect(log.slice(4)).toEqual([
      'host ended host-left',
      'host closed host-left',
      'guest ended host-left',
      'guest closed host-left',
    ])
  })

  it('opens as late as a cut network lets it, and can be cut later', () => {
    const { network, connections, log } = meeting({ loss: 1 })
    network.advanceTo(2000)
    expect(log).toEqual([])
    for (const { toHost, toGuest } of connections) {
      toHost.setConditions({ latencyMs: 10 })
      toGuest.setConditions({ latencyMs: 10 })
    }
    network.advanceTo(3000)
    expect(log.map((line) => line.replace(/\d+$/, ''))).toEqual(['host open ', 'guest open '])
  })

  it('fails on both sides with a sentence where no packet passes', () => {
    const { network, log } = meeting({ loss: 1 })
    network.advanceTo(60_000)
    expect(log.toSorted()).toEqual(['guest failed nothing within 15000 ms', 'host failed nothing within 15000 ms'])
  })

  it('is given up by either side without a word to it', () => {
    const { network, log, attempts } = meeting()
    network.advanceTo(7)
    attempts.guest?.cancel()
    network.advanceTo(60_000)
    expect(log).toEqual(['host failed the other side closed the connection'])
  })

  it('takes an offer once, and counts every other text', () => {
    const { network, connect, texts, attempts, platform } = meeting()
    network.advanceTo(100)
    const rest = { iceServers: [], timeoutMs: 1, platform, sendSignal: () => {} }
    for (const text of [texts[0] ?? '', 'offer 99', 'junk', '']) expect(connect({ ...rest, offer: text })).toBeNull()
    for (const text of ['answer 1', 'junk', 'answer x']) attempts.guest?.signal(text)
    attempts.host?.signal('answer 1')
    expect([attempts.guest?.rejectedSignals, attempts.host?.rejectedSignals]).toEqual([3, 1])
  })
})
