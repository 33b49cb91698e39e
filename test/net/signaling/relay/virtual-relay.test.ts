/** The relay in virtual time: bytes over the sockets of a simulated internet, through a server that relays. */
import { expect, test } from 'vitest'
import { openRelayStream } from '../../../../net/signaling/relay-stream.ts'
import { LaneLink } from '../../../../net/transport/lane-link.ts'
import { RelayPipe } from '../../../../net/transport/relay/relay-pipe.ts'
import { bareGuest, bareHost, newPage, pass, startServer, theWorld, until } from '../virtual-support.ts'

async function tickets(url: string) {
  const host = await bareHost(url)
  const guest = await bareGuest(url, host, host.lobby.code)
  const { peer, epoch } = guest.asked
  host.say({ type: 'admit', peer, epoch })
  await guest.next('admitted')
  guest.say({ type: 'relay', epoch })
  const offer = await host.next('relay-offer')
  return { host: offer.ticket, guest: (await guest.next('relay-ticket')).ticket }
}

function linkOver(url: string, ticket: string) {
  const { page, WebSocket } = newPage({ latencyMs: 20 })
  const link = new LaneLink(new RelayPipe(openRelayStream({ url, WebSocket, platform: page }, ticket)), {
    platform: page,
  })
  const heard: string[] = []
  link.listen({
    message: (lane, bytes) => heard.push(`${lane} ${bytes.length} ${bytes[0]}`),
    closed: (why) => heard.push(`closed ${why}`),
  })
  return { link, heard, page }
}

test('two pages of a simulation play over the relay of its server, over a cut too, and leave nothing behind', async () => {
  const server = startServer({ relay: true })
  const { guest, host } = await tickets(server.url)
  const [a, b] = [linkOver(server.url, guest), linkOver(server.url, host)]
  await until(() => a.link.open && b.link.open, 'both ends open')
  const state = new Uint8Array(100).fill(1)
  a.link.send('state', state)
  // The caller's bytes are its own again at once.
  state.fill(2)
  // More than the relay lets wait, so it stops reading meanwhile.
  b.link.send('bulk', new Uint8Array(300_000).fill(3))
  await until(() => a.heard.length + b.heard.length === 2, 'both messages')
  expect([a.heard, b.heard]).toEqual([['bulk 300000 3'], ['state 100 1']])
  theWorld().internet.cut(a.page)
  b.link.send('bulk', new Uint8Array(10).fill(4))
  await pass(2000)
  expect(a.heard).toHaveLength(1)
  theWorld().internet.mend(a.page)
  await until(() => a.heard.length === 2, 'what waited')
  expect(server.relayStats()).toMatchObject({ pairs: 1, sockets: 2 })
  a.link.close('left')
  await until(() => b.heard.at(-1) === 'closed left', 'the goodbye')
  await until(() => server.relayStats()?.sockets === 0, 'no socket is left')
})

test('a server of a simulation relays nothing unless it is told to', async () => {
  const server = startServer()
  const host = await bareHost(server.url)
  const guest = await bareGuest(server.url, host, host.lobby.code)
  host.say({ type: 'admit', peer: guest.asked.peer, epoch: guest.asked.epoch })
  await guest.next('admitted')
  guest.say({ type: 'relay', epoch: guest.asked.epoch })
  await guest.next('no-relay')
  expect(server.relayStats()).toBeNull()
})
