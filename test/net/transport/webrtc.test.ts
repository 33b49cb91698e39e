/** A page that cannot make connections says so at once, on both sides, and takes no code that leads nowhere. */
import { createLobby, joinLobby } from 'starwire'
import { createStar, joinStar } from 'starwire/star'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Signaling } from '../../../net/signaling/signals.ts'
import { type PeerConnectionConstructor, usableWebrtc } from '../../../net/transport/webrtc.ts'
import { yard } from '../lobby/support.ts'
import { fakeWebrtc } from './fake-webrtc.ts'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

const { PeerConnection } = fakeWebrtc()
const made = (part: object): PeerConnectionConstructor =>
  class extends PeerConnection {
    constructor() {
      super()
      Object.assign(this, part)
    }
  }

const broken: [string, unknown, RegExp][] = [
  ['was removed', undefined, /RTCPeerConnection is missing/],
  ['was set to null', null, /RTCPeerConnection is missing/],
  [
    'throws when it is made',
    class {
      constructor() {
        throw new Error('blocked by your company')
      }
    },
    /cannot be used here: blocked by your company/,
  ],
  ['has no data channels', made({ createDataChannel: undefined }), /makes no data channels/],
  ['makes empty data channels', made({ createDataChannel: () => undefined }), /makes no data channels/],
  [
    'refuses data channels',
    made({
      createDataChannel: () => {
        throw new DOMException('not allowed', 'NotAllowedError')
      },
    }),
    /cannot be used here: not allowed/,
  ],
  ['refuses to offer', made({ createOffer: () => Promise.reject(new Error('no')) }), /cannot be used here: no/],
  ['offers nothing', made({ createOffer: async () => undefined }), /makes no offer/],
  ['is a dummy', class {}, /makes no data channels/],
]

describe('a page whose RTCPeerConnection', () => {
  it.each(broken)('%s is told what is missing', async (_what, given, detail) => {
    vi.stubGlobal('document', {})
    vi.stubGlobal('RTCPeerConnection', given)
    await expect(usableWebrtc()).rejects.toMatchObject({ reason: 'no-webrtc', detail: expect.stringMatching(detail) })
  })

  it('never answers is told so after a while', async () => {
    vi.useFakeTimers()
    const answer = usableWebrtc(made({ createOffer: () => new Promise(() => {}) }))
    const refused = expect(answer).rejects.toMatchObject({ reason: 'no-webrtc' })
    await vi.advanceTimersByTimeAsync(3000)
    await refused
    expect(vi.getTimerCount()).toBe(0)
  })

  it('works is asked once, with a connection that is closed again', async () => {
    const fake = fakeWebrtc()
    for (let i = 0; i < 3; i++) expect(await usableWebrtc(fake.PeerConnection)).toBe(fake.PeerConnection)
    expect([fake.made, fake.open]).toEqual([1, 0])
  })

  it('was blocked is asked again at the next try, when the player may have allowed it', async () => {
    let blocked = true
    const Blocked = made({
      createOffer: async () => (blocked ? undefined : new PeerConnection().createOffer()),
    })
    await expect(usableWebrtc(Blocked)).rejects.toMatchObject({ reason: 'no-webrtc' })
    blocked = false
    expect(await usableWebrtc(Blocked)).toBe(Blocked)
  })
})

describe('where there is no page', () => {
  it('a worker is told to do it in the page, and Node to use the face for it', async () => {
    await expect(usableWebrtc()).rejects.toMatchObject({
      detail: expect.stringMatching(/hostInNode and joinInNode of starwire\/node/),
    })
    vi.stubGlobal('importScripts', () => {})
    await expect(usableWebrtc()).rejects.toMatchObject({ detail: expect.stringMatching(/in the page itself/) })
  })
})

describe('without WebRTC, before anything is asked of the signalling server,', () => {
  const asked = vi.fn(() => Promise.reject(new Error('asked')))
  const signaling: Signaling = { host: asked, guest: asked }
  class Socket {
    constructor() {
      asked()
    }
  }
  it.each<[string, () => Promise<unknown>]>([
    ['a host of a lobby', () => createLobby(yard, { name: 'Ann', signaling: 'ws://127.0.0.1:1' })],
    ['a guest of a lobby', () => joinLobby(yard, 'K7RX2', { name: 'Bea', signaling: 'ws://127.0.0.1:1' })],
    ['a host of a star', () => createStar({ signaling })],
    ['a guest of a star', () => joinStar('K7RX2', { signaling })],
  ])('%s reads what to do', async (_who, enter) => {
    vi.stubGlobal('WebSocket', Socket)
    await expect(enter()).rejects.toMatchObject({
      reason: 'no-webrtc',
      message: expect.stringMatching(/WebRTC.* is missing or blocked/),
      detail: expect.stringMatching(/RTCPeerConnection/),
    })
    expect(asked).not.toHaveBeenCalled()
  })
})
