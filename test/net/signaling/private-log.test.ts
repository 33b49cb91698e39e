/** What the signalling server tells its operator has no address of a player, no name, code or signal: read line by line. */
import { expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { afterwards, bare, host, join, startServer, until } from './support.ts'

const PLAYER = '203.0.113.77'
const LAN = '192.168.7.31'
const SIGNAL = JSON.stringify({
  type: 'candidate',
  candidate: { candidate: `candidate:1 1 udp 1 ${LAN} 50731 typ host`, sdpMid: '0', sdpMLineIndex: 0 },
})

/** A socket that the server may refuse: how it ended does not matter. */
function knock(url: string, headers: Record<string, string>): Promise<void> {
  const socket = new WebSocket(url, { headers })
  afterwards(() => socket.terminate())
  return new Promise((done) => {
    socket.on('error', () => done())
    socket.on('open', () => done())
    socket.on('close', () => done())
  })
}

it('no line names whom it is about, whatever they do', async () => {
  const lines: string[] = []
  const { url, stop } = await startServer({
    trustProxy: true,
    limits: { joinsPerMinute: 3 },
    log: (_level, sentence) => void lines.push(sentence),
  })
  const from = { 'x-forwarded-for': PLAYER }
  // Pages that others serve: from a machine of their own, by each kind of address.
  for (const origin of [`http://${LAN}:5173`, `http://${PLAYER}`, 'http://[2001:db8:7:1::31]:8080', 'null'])
    await knock(url, { ...from, origin })
  const hosting = await host(url)
  const guest = await join(url, hosting.signals.code, 'Bea of the secret name')
  guest.signals.signal(SIGNAL)
  await until(() => JSON.stringify(hosting).includes(LAN), 'the signal')
  const rude = await bare(url, from)
  for (const text of ['nonsense', '{"type":"join"}', SIGNAL, 'x'.repeat(100_000)]) rude.socket.send(text)
  await until(() => rude.socket.readyState === WebSocket.CLOSED, 'the end of the rude one')
  for (let i = 0; i < 6; i++) await join(url, hosting.signals.code, 'Bea of the secret name').catch(() => {})
  await stop()

  expect(lines.length).toBeGreaterThan(2)
  const all = lines.join('\n')
  for (const each of [PLAYER, LAN, '2001:db8:7:1::31', '50731', hosting.signals.code, 'Bea', 'candidate'])
    expect(all).not.toContain(each)
  // What an operator has to know of them still stands there.
  expect(all).toContain('192.168.7.x:5173')
})
