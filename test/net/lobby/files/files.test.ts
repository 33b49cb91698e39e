/** Files in a lobby: between the host and guests, and from guest to guest through the host, who keeps none of them. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { CHUNK_BYTES, WINDOW_BYTES } from '../../../../net/files/limits.ts'
import { decodeFileMessage, encodeFileMessage, type FileMessage } from '../../../../net/files/messages.ts'
import type { FileOffer, FileTransfer } from '../../../../net/files/types.ts'
import { WIRE_VERSION } from '../../../../net/wire/version.ts'
import type { PlayerId } from '../../../../net/world/ids.ts'
import { blobOf, isSame, until } from '../../files/support.ts'
import { names, openTable, type Stranger, settle, type Table, yard } from '../support.ts'

const HALF_MB = 512 * 1024
const hello = { kind: 'hello', protocol: WIRE_VERSION, name: 'Mallory', hash: yard.hash } as const

afterEach(() => {
  vi.restoreAllMocks()
})

type Page = Table['lobby']

/** The next offer that a page hears. */
const nextOffer = (page: Page): Promise<FileOffer<PlayerId>> =>
  new Promise((resolve) => {
    const stop = page.on('file', (offer) => {
      stop()
      resolve(offer)
    })
  })

/** A stranger with a seat, and the file messages that they get. */
async function seated(
  table: Table,
): Promise<{ stranger: Stranger; heard: FileMessage[]; id: PlayerId; say(message: FileMessage): void }> {
  const stranger = table.stranger()
  const heard: FileMessage[] = []
  stranger.say(hello)
  await settle()
  const welcome = stranger.heard.find((message) => message.kind === 'welcome')!
  stranger.link.listen({
    message: (lane, bytes) => {
      const message = lane === 'bulk' ? decodeFileMessage(bytes) : null
      if (message) heard.push(message)
    },
    closed: (reason) => {
      stranger.closed = reason
    },
  })
  const say = (message: FileMessage): void => void stranger.link.send('bulk', encodeFileMessage(message))
  return { stranger, heard, id: welcome.you, say }
}

async function share(
  from: Page,
  to: Page,
  file: Blob,
): Promise<{ sending: FileTransfer<PlayerId>; offer: FileOffer<PlayerId> }> {
  const offered = nextOffer(to)
  const [sending] = await from.share(file, { to: to.me, name: 'a.bin' })
  return { sending: sending!, offer: await offered }
}

describe('a file', () => {
  it('goes from the host to a guest, back, and from guest to guest, and names who sent it', async () => {
    const { lobby, join } = openTable()
    const [bea, cleo] = [await join('Bea'), await join('Cleo')]
    const file = blobOf(300_000, 'image/x-raw')
    for (const [from, to] of [
      [lobby, bea],
      [bea, lobby],
      [bea, cleo],
      [cleo, bea],
    ] as const) {
      const { sending, offer } = await share(from, to, file)
      expect(offer).toMatchObject({ from: from.me, name: 'a.bin', size: 300_000, type: 'image/x-raw' })
      expect(sending).toMatchObject({ peer: to.me, outgoing: true })
      const receiving = offer.accept()
      expect(await Promise.all([sending.ended, receiving.ended])).toEqual(['done', 'done'])
      expect(await isSame(receiving.blob, file)).toBe(true)
    }
    expect(names(lobby)).toEqual(['Ann', 'Bea', 'Cleo'])
  })

  it('goes to several or all, each of whom answers for themselves', async () => {
    const { lobby, join } = openTable()
    const [bea, cleo] = [await join('Bea'), await join('Cleo')]
    lobby.on('file', (offer) => offer.accept())
    cleo.on('file', (offer) => offer.decline())
    const transfers = await bea.share(blobOf(1000), { to: 'all' })
    expect(transfers.map(({ peer }) => peer)).toEqual([lobby.me, cleo.me])
    expect(await Promise.all(transfers.map(({ ended }) => ended))).toEqual(['done', 'declined'])
    expect(await Promise.all((await lobby.share(blobOf(9), { to: [bea.me] })).map(({ ended }) => ended))).toEqual([
      'declined',
    ])
  })

  it('takes its name from a File, and is refused with a sentence when it is none, or for nobody', async () => {
    const { lobby, join } = openTable()
    const bea = await join('Bea')
    const offered = nextOffer(bea)
    await lobby.share(new File(['x'], '../ship.png', { type: 'image/x-raw' }), { to: bea.me })
    expect((await offered).name).toBe('ship.png')
    await expect(lobby.share('text' as never, { to: 'all' })).rejects.toThrow('lobby.share was given "text"')
    await expect(lobby.share(blobOf(1), { to: lobby.me })).rejects.toThrow("Write another player's id")
    await expect(lobby.share(blobOf(1), { to: 'Bea' as never })).rejects.toThrow('to is "Bea"')
    await expect(lobby.share(blobOf(1), { whom: 5 } as never)).rejects.toThrow('no option "whom"')
  })

  it('is not offered to who mutes its sender, and not at all where the host forbids files', async () => {
    const { lobby, join } = openTable()
    const bea = await join('Bea')
    const heard = vi.fn()
    lobby.on('file', heard)
    lobby.mute(bea.me, true)
    const [muted] = await bea.share(blobOf(1), { to: lobby.me })
    expect(await muted!.ended).toBe('declined')
    expect(heard).not.toHaveBeenCalled()

    const strict = openTable({ files: false })
    const [dan, eve] = [await strict.join('Dan'), await strict.join('Eve')]
    const refused = [
      ...(await dan.share(blobOf(1), { to: 'all' })),
      ...(await strict.lobby.share(blobOf(1), { to: eve.me })),
    ]
    expect(await Promise.all(refused.map(({ ended }) => ended))).toEqual(['forbidden', 'forbidden', 'forbidden'])
    const small = openTable({ files: { maxBytes: 1000 } })
    const [fay] = [await small.join('Fay'), await small.join('Gus')]
    const large = await fay!.share(blobOf(1001), { to: 'all' })
    expect(await Promise.all(large.map(({ ended }) => ended))).toEqual(['too-large', 'too-large'])
  })

  it('goes on after the link of its sender, or of its receiver, was lost', async () => {
    const { lobby, join, way, clock } = openTable()
    const bea = await join('Bea')
    const cleo = await join('Cleo', yard, { dials: true })
    const file = blobOf(3 * HALF_MB)
    for (const [from, to] of [
      [bea, cleo],
      [cleo, bea],
      [lobby, cleo],
    ] as const) {
      const { sending, offer } = await share(from, to, file)
      const receiving = offer.accept()
      let lost = false
      receiving.onProgress((bytes) => {
        if (bytes < HALF_MB || lost) return
        lost = true
        way.lose()
      })
      await until(() => cleo.state === 'reconnecting')
      expect(receiving.end).toBeNull()
      for (let i = 0; i < 20 && cleo.state === 'reconnecting'; i++) await clock.tick(30)
      expect(await Promise.all([sending.ended, receiving.ended])).toEqual(['done', 'done'])
      expect(await isSame(receiving.blob, file)).toBe(true)
    }
  })

  it('that ended while the link of one side was lost ends for them, too, when they are back; who is away is offered none', async () => {
    const { lobby, join, way, clock } = openTable()
    const bea = await join('Bea')
    const cleo = await join('Cleo', yard, { dials: true })
    for (const [from, to] of [
      [bea, cleo],
      [cleo, bea],
      [lobby, cleo],
      [cleo, lobby],
    ] as const) {
      const { sending, offer } = await share(from, to, blobOf(3 * HALF_MB))
      const receiving = offer.accept()
      let isLost = false
      receiving.onProgress(() => {
        if (!isLost) way.lose()
        isLost = true
      })
      await until(() => cleo.state === 'reconnecting')
      const [here, lost] = to === cleo ? [sending, receiving] : [receiving, sending]
      here.cancel()
      expect(lost.end).toBeNull()
      const [late] = await (from === cleo ? to : from).share(blobOf(1), { to: cleo.me })
      expect(await late!.ended).toBe('gone')
      const offered = vi.fn()
      const stop = to.on('file', offered)
      for (let i = 0; i < 20 && cleo.state === 'reconnecting'; i++) await clock.tick(30)
      expect(await lost.ended).toBe('cancelled')
      stop()
      expect(offered).not.toHaveBeenCalled()
    }
  })

  it('ends as gone on the other side when a player leaves in the middle, and everything with the lobby', async () => {
    const { lobby, join, clock } = openTable()
    const [bea, cleo] = [await join('Bea'), await join('Cleo')]
    const first = await share(bea, cleo, blobOf(3 * HALF_MB))
    const taken = first.offer.accept()
    taken.onProgress((bytes) => bytes > HALF_MB && bea.leave())
    expect(await Promise.all([first.sending.ended, taken.ended])).toEqual(['gone', 'gone'])
    const second = await share(lobby, cleo, blobOf(3 * HALF_MB))
    const other = second.offer.accept()
    other.onProgress((bytes) => bytes > HALF_MB && lobby.leave())
    expect(await Promise.all([second.sending.ended, other.ended])).toEqual(['gone', 'gone'])
    await settle()
    expect([taken.blob, other.blob]).toEqual([null, null])
    expect(clock.waiting).toBe(0)
    expect((await lobby.share(blobOf(1), { to: 'all' })).map(({ end }) => end)).toEqual(['gone'])
  })

  it('ends as gone when one side goes to watch, who is another player to all from then on, and nobody is dropped for what was under way', async () => {
    const { lobby, join } = openTable()
    const [bea, cleo] = [await join('Bea'), await join('Cleo')]
    for (const [from, to, who] of [
      [bea, cleo, bea],
      [lobby, bea, bea],
      [cleo, lobby, lobby],
      [lobby, cleo, lobby],
    ] as const) {
      const { sending, offer } = await share(from, to, blobOf(3 * HALF_MB))
      const receiving = offer.accept()
      let watches: Promise<unknown> | null = null
      receiving.onProgress((bytes) => {
        if (bytes > HALF_MB) watches ??= who.spectate(true)
      })
      await until(() => watches !== null)
      expect(await watches).toBeNull()
      expect(await Promise.all([sending.ended, receiving.ended])).toEqual(['gone', 'gone'])
      expect(await who.spectate(false)).toBeNull()
      const next = await share(from, to, blobOf(1000))
      expect(await Promise.all([next.sending.ended, next.offer.accept().ended])).toEqual(['done', 'done'])
    }
    expect(names(lobby)).toHaveLength(3)
  })

  it('does not hold up what the lobby says: chat comes in the middle of it', async () => {
    const { lobby, join } = openTable()
    const bea = await join('Bea')
    const { offer } = await share(lobby, bea, blobOf(3 * HALF_MB))
    const receiving = offer.accept()
    let saidAt = 0
    let heardAt = 0
    receiving.onProgress((bytes) => {
      if (saidAt > 0 || bytes < HALF_MB) return
      saidAt = bytes
      lobby.say('hello')
    })
    bea.on('chat', (message) => {
      if (message.kind === 'text') heardAt = receiving.bytes
    })
    await receiving.ended
    expect(saidAt).toBeGreaterThan(0)
    expect(heardAt - saidAt).toBeLessThan(10 * CHUNK_BYTES)
  })
})

describe('from guest to guest, the host', () => {
  it('keeps no more than a window of a file that its receiver does not take, and hurries nobody else', async () => {
    const table = openTable()
    const [bea, cleo] = [await table.join('Bea'), await table.join('Cleo')]
    const { heard, say, id } = await seated(table)
    const [slow] = await bea.share(blobOf(3 * HALF_MB), { to: id })
    await until(() => heard.length > 0)
    expect(heard[0]).toMatchObject({ kind: 'offer', peer: bea.me })
    say({ kind: 'accept', peer: bea.me, id: heard[0]!.id, at: 0 })
    // Mallory acknowledges nothing.
    await until(() => heard.filter(({ kind }) => kind === 'chunk').length === WINDOW_BYTES / CHUNK_BYTES)
    const { sending, offer } = await share(bea, cleo, blobOf(2 * HALF_MB))
    expect(await Promise.all([sending.ended, offer.accept().ended])).toEqual(['done', 'done'])
    expect(heard.filter(({ kind }) => kind === 'chunk')).toHaveLength(WINDOW_BYTES / CHUNK_BYTES)
    expect([slow!.end, slow!.bytes]).toEqual([null, 0])
    slow!.cancel()
  })

  it.each<[string, (about: { peer: PlayerId; id: number }) => FileMessage[]]>([
    [
      'chunks that were never offered',
      ({ peer, id }) => [{ kind: 'chunk', peer, id: id + 9, at: 0, bytes: new Uint8Array(10) }],
    ],
    ["an accept of somebody else's offer", ({ peer, id }) => [{ kind: 'accept', peer, id, at: 0 }]],
    ["an ack of somebody else's file", ({ peer, id }) => [{ kind: 'ack', peer, id, at: CHUNK_BYTES }]],
    ["an end of somebody else's file", ({ peer, id }) => [{ kind: 'end', peer, id, hash: new Uint8Array(32) }]],
    ["a cancel of somebody else's file", ({ peer, id }) => [{ kind: 'cancel', peer, id, reason: 'gone' }]],
  ])('does not pass on %s, and drops who goes on with it', async (_name, messages) => {
    const table = openTable()
    const { lobby } = table
    const [bea, cleo] = [await table.join('Bea'), await table.join('Cleo')]
    const mallory = await seated(table)
    const { sending, offer } = await share(bea, cleo, blobOf(3 * HALF_MB))
    const { id } = sending as unknown as { id: number }
    for (let i = 0; i < 20; i++)
      for (const peer of [bea.me, cleo.me]) for (const message of messages({ peer, id })) mallory.say(message)
    await until(() => mallory.stranger.closed !== null)
    expect(mallory.stranger.closed).toBe('kicked')
    const receiving = offer.accept()
    expect(await Promise.all([sending.ended, receiving.ended])).toEqual(['done', 'done'])
    expect(names(lobby)).toEqual(['Ann', 'Bea', 'Cleo'])
  })

  it('drops who sends more than the window, in the wrong order, or beyond the size', async () => {
    const chunk = (peer: PlayerId, at: number, size = CHUNK_BYTES): FileMessage => ({
      kind: 'chunk',
      peer,
      id: 1,
      at,
      bytes: new Uint8Array(size),
    })
    for (const next of [
      (peer: PlayerId, i: number) => chunk(peer, i * CHUNK_BYTES),
      (peer: PlayerId) => chunk(peer, 5 * CHUNK_BYTES),
      (peer: PlayerId, i: number) => chunk(peer, i * CHUNK_BYTES, 10),
    ]) {
      const table = openTable()
      const [mallory, receiver] = [await seated(table), await seated(table)]
      mallory.say({ kind: 'offer', peer: receiver.id, id: 1, name: 'x', type: '', size: 50 * HALF_MB })
      await until(() => receiver.heard.length > 0)
      // Nothing will be acknowledged.
      receiver.say({ kind: 'accept', peer: mallory.id, id: 1, at: 0 })
      await until(() => mallory.heard.length > 0)
      for (let i = 0; i < 300; i++) mallory.say(next(receiver.id, i))
      await until(() => mallory.stranger.closed !== null)
      expect(mallory.stranger.closed).toBe('kicked')
      expect(receiver.heard.filter(({ kind }) => kind === 'chunk').length).toBeLessThanOrEqual(
        WINDOW_BYTES / CHUNK_BYTES,
      )
      expect(receiver.stranger.closed).toBeNull()
      expect(names(table.lobby)).toEqual(['Ann', 'Mallory 2'])
    }
  })

  it('drops who makes 10,000 offers, and bothers nobody with more than four of them', async () => {
    const table = openTable()
    const bea = await table.join('Bea')
    const mallory = await seated(table)
    // The code of files is there from now on, and hears every offer.
    await bea.share(blobOf(1), { to: table.lobby.me })
    await settle()
    const offers: string[] = []
    bea.on('file', ({ name }) => offers.push(name))
    for (let id = 0; id < 10_000; id++)
      mallory.say({ kind: 'offer', peer: bea.me, id, name: `${id}`, type: '', size: 1 })
    await until(() => mallory.stranger.closed !== null && offers.length === 4)
    expect(mallory.stranger.closed).toBe('kicked')
    expect(offers).toEqual(['0', '1', '2', '3'])
    expect(names(table.lobby)).toEqual(['Ann', 'Bea'])
  })

  it.each([
    ['garbage', () => Uint8Array.of(0x94, 66, 1, 2, 3)],
    [
      'a chunk of 200 kB',
      () => encodeFileMessage({ kind: 'chunk', peer: 64, id: 1, at: 0, bytes: new Uint8Array(200_000) }),
    ],
    [
      'an offer with a name of 100 kB',
      () => encodeFileMessage({ kind: 'offer', peer: 64, id: 1, name: 'x'.repeat(100_000), type: '', size: 1 }),
    ],
    [
      'an offer of less than nothing',
      () => encodeFileMessage({ kind: 'offer', peer: 64, id: 1, name: 'x', type: '', size: -1 }),
    ],
  ])('drops who sends %s instead of a file', async (_name, bytes) => {
    const table = openTable()
    const mallory = await seated(table)
    for (let i = 0; i < 20; i++) mallory.stranger.link.send('bulk', bytes())
    await until(() => mallory.stranger.closed !== null)
    expect(mallory.stranger.closed).toBe('kicked')
    await settle()
    expect(names(table.lobby)).toEqual(['Ann'])
  })

  it('says that a player who is not there is gone', async () => {
    const table = openTable()
    const mallory = await seated(table)
    for (const peer of [9999, mallory.id]) mallory.say({ kind: 'offer', peer, id: 1, name: 'x', type: '', size: 1 })
    await until(() => mallory.heard.length === 2)
    expect(mallory.heard).toMatchObject([
      { kind: 'cancel', peer: 9999, reason: 'gone' },
      { kind: 'cancel', peer: mallory.id, reason: 'gone' },
    ])
  })
})
