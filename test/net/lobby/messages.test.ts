import fc from 'fast-check'
import { Packr } from 'msgpackr/index-no-eval'
import { describe, expect, it } from 'vitest'
import { isFileMessage } from '../../../net/files/kinds.ts'
import {
  decodeGuestMessage,
  decodeHostMessage,
  encodeMessage,
  type GuestMessage,
  type HostMessage,
  MAX_GUEST_MESSAGE_BYTES,
} from '../../../net/lobby/messages.ts'
import { WIRE_VERSION } from '../../../net/wire/version.ts'
import { playerId } from '../../../net/world/ids.ts'
import { timesAsLong } from '../../relative-cost.ts'

const LARGE_BYTES = 256 * 1024

// A packer with everything on: what an attacker would use.
const packr = new Packr({ useRecords: false })
const pack = (value: unknown): Uint8Array => Uint8Array.from(packr.pack(value))
/** MessagePack's map of these pairs, written by hand. */
const bytesOf = (...parts: (number | number[] | string)[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? [...Buffer.from(part)] : part)))
const ann = {
  id: playerId(0, 1),
  name: 'Ann',
  host: true,
  spectator: false,
  ready: false,
  presence: 'here' as const,
  choice: {},
  data: null,
}

const token = '0123456789abcdef'.repeat(2)
const resume = { token, seconds: 60 }

const guestMessages: GuestMessage[] = [
  { kind: 'hello', protocol: WIRE_VERSION, name: 'Bea', hash: 'abc' },
  { kind: 'hello', protocol: WIRE_VERSION, name: '', hash: '' },
  { kind: 'hello', protocol: WIRE_VERSION, name: 'Bea', hash: 'abc', resume: token },
  { kind: 'hello', protocol: WIRE_VERSION, name: 'Bea', hash: 'abc', resume: token, earlier: [token, token, token] },
  { kind: 'ready', ready: true },
  { kind: 'hello', protocol: WIRE_VERSION, name: 'Bea', hash: 'abc', choice: { team: 'red' } },
  { kind: 'choose', ask: 1, choice: { team: 'red', kit: [1, null] } },
  { kind: 'data', data: { hat: [1.5, 'x', null, true] } },
  { kind: 'say', text: 'hello' },
  { kind: 'media', voice: true, video: false },
  { kind: 'signal', to: playerId(1, 1), text: 'x'.repeat(12_000) },
  { kind: 'hello', protocol: WIRE_VERSION, name: 'Sue', hash: 'abc', spectate: true },
  { kind: 'spectate', spectate: false },
  { kind: 'guess', salt: token, key: token + token },
]
const hostMessages: HostMessage[] = [
  {
    kind: 'welcome',
    you: playerId(1, 1),
    epoch: 1,
    match: null,
    admission: { locked: false, hasPassword: false, maxPlayers: 8, maxSpectators: 8 },
    settings: {},
    roster: [ann, { ...ann, id: playerId(1, 1), host: false }],
    resume,
  },
  { kind: 'refused', reason: 'full' },
  { kind: 'formerly', codes: ['K7QX2'] },
  { kind: 'refused', reason: 'full', canSpectate: true },
  { kind: 'unsaid', text: 'hi', refusal: 'vetoed' },
  { kind: 'member', member: { ...ann, choice: { team: 'red', marks: [1] }, data: { hat: ['x', null, 1.5] } } },
  { kind: 'gone', id: playerId(1, 1) },
  { kind: 'removed', text: 'go' },
  { kind: 'admission', admission: { locked: true, hasPassword: false, maxPlayers: 8, maxSpectators: 8 } },
  { kind: 'participants', voice: [playerId(1, 1)], video: [] },
  { kind: 'signalled', from: playerId(1, 1), text: '{}' },
  { kind: 'code', code: 'K7QX2', state: 'lost' },
  { kind: 'finish', epoch: 3 },
  { kind: 'start', epoch: 1, seed: 2 ** 32 - 1, options: {}, settings: {} },
  {
    kind: 'chat',
    messages: [
      { kind: 'text', id: 1, time: 1, player: ann.id, name: 'Ann', text: 'hello' },
      { kind: 'system', id: 2, time: 1, what: 'match-over', player: null, name: '' },
    ],
  },
  {
    kind: 'start',
    epoch: 7,
    seed: 0,
    options: { a: 1.5, b: 'text', c: null, d: false, e: [1, 'x', null] },
    settings: { laps: 3 },
  },
  { kind: 'chosen', ask: 7, refusal: 'not-allowed' },
  { kind: 'chosen', ask: 8, refusal: null },
  { kind: 'settings', settings: { laps: 3, marks: [1, null], title: '' } },
  { kind: 'refused', reason: 'banned', text: 'No shouting.', retryAfterSeconds: 20 },
  { kind: 'removed', text: 'No shouting.' },
  { kind: 'admission', admission: { locked: true, hasPassword: true, maxPlayers: 8, maxSpectators: 0 } },
  { kind: 'ask', salt: token },
  { kind: 'seat', you: playerId(9, 1), spectator: true, tick: 7, token },
  { kind: 'declined', refusal: 'too-often' },
]

describe('lobby messages', () => {
  it('have numbers that no message of files has: those are taken for files before anybody looks further', () => {
    for (const message of [...guestMessages, ...hostMessages]) expect(isFileMessage(encodeMessage(message))).toBe(false)
  })

  it.each(guestMessages)('of a guest come through: %j', (message) => {
    expect(decodeGuestMessage(encodeMessage(message))).toEqual(message)
  })

  it.each(hostMessages)('of the host come through: %j', (message) => {
    expect(decodeHostMessage(encodeMessage(message))).toEqual(message)
  })

  it('are one MessagePack array that any decoder reads', () => {
    expect(packr.unpack(encodeMessage({ kind: 'hello', protocol: WIRE_VERSION, name: 'Bea', hash: 'abc' }))).toEqual([
      16,
      0,
      0,
      { protocol: WIRE_VERSION, name: 'Bea', hash: 'abc' },
    ])
  })

  it('of one side are none from the other', () => {
    for (const message of guestMessages) expect(decodeHostMessage(encodeMessage(message))).toBeNull()
    for (const message of hostMessages) expect(decodeGuestMessage(encodeMessage(message))).toBeNull()
  })

  it('are never taken for messages of files, which have numbers of their own', () => {
    for (const message of [...guestMessages, ...hostMessages]) expect(isFileMessage(encodeMessage(message))).toBe(false)
  })

  it('do not change the bytes that they are read from', () => {
    const bytes = encodeMessage({ kind: 'ready', ready: true })
    decodeGuestMessage(bytes)
    expect(Object.keys(bytes)).toEqual(Object.keys(Uint8Array.from(bytes)))
  })
})

const hello = (contents: unknown): Uint8Array => pack([16, 0, 0, contents])
const comesBack = { protocol: WIRE_VERSION, name: 'x', hash: 'x', resume: token }
const start = (contents: Record<string, unknown>): Uint8Array =>
  pack([20, 0, 0, { epoch: 1, seed: 1, options: {}, settings: {}, ...contents }])

const welcome = (contents: Record<string, unknown>): Uint8Array =>
  pack([
    17,
    0,
    0,
    {
      you: ann.id,
      epoch: 1,
      match: null,
      admission: { locked: false, hasPassword: false, maxPlayers: 8, maxSpectators: 8 },
      settings: {},
      roster: [],
      resume,
      ...contents,
    },
  ])
const memberOf = (contents: Record<string, unknown>): Uint8Array =>
  pack([19, 0, 0, { member: { ...ann, ...contents } }])
const nest = (levels: number): unknown => (levels === 0 ? null : [nest(levels - 1)])

const wrong: [string, Uint8Array][] = [
  ['nothing at all', new Uint8Array(0)],
  ['no array', pack({ name: 'x', hash: 'x' })],
  ['too few parts', pack([16, 0, 0])],
  ['too many parts', pack([16, 0, 0, { name: 'x', hash: 'x' }, 0])],
  ['an unknown kind', pack([99, 0, 0, { name: 'x', hash: 'x' }])],
  ['a kind by its name', pack(['hello', 0, 0, { name: 'x', hash: 'x' }])],
  ['a kind of the prototype', pack(['constructor', 0, 0, {}])],
  ['an epoch', pack([16, 1, 0, { name: 'x', hash: 'x' }])],
  ['contents that are null', hello(null)],
  ['contents that are an array', hello(['x', 'x'])],
  ['contents that are a number', hello(7)],
  ['contents that are a date', hello(new Date(0))],
  ['a missing field', hello({ name: 'x' })],
  ['a field more', hello({ name: 'x', hash: 'x', admin: true })],
  ['a name that is a number', hello({ name: 7, hash: 'x' })],
  ['a name that is an array', hello({ name: ['x'], hash: 'x' })],
  ['a name that is a date', hello({ name: new Date(0), hash: 'x' })],
  ['a name that is a BigInt', hello({ name: 2n ** 60n, hash: 'x' })],
  ['a name that is bytes', hello({ name: new Uint8Array(3), hash: 'x' })],
  ['a name of 10,000 characters', hello({ name: 'x'.repeat(10_000), hash: 'x' })],
  ['a name of 201 characters', hello({ name: 'x'.repeat(201), hash: 'x' })],
  ['a hash of 65 characters', hello({ name: 'x', hash: 'x'.repeat(65) })],
  ['four earlier tokens', hello({ ...comesBack, earlier: Array(4).fill(token) })],
  ['an earlier token that is none', hello({ ...comesBack, earlier: ['x'] })],
  ['ready as a text', pack([21, 0, 0, { ready: 'true' }])],
  ['ready as 1', pack([21, 0, 0, { ready: 1 }])],
  ['bytes after the message', bytesOf([...encodeMessage({ kind: 'ready', ready: true })], 0)],
  ['half a message', encodeMessage({ kind: 'hello', protocol: WIRE_VERSION, name: 'Bea', hash: 'abc' }).subarray(0, 9)],
  ['a text of 256 kB', pack('x'.repeat(LARGE_BYTES - 8))],
  ['a reason that is none', pack([18, 0, 0, { reason: 'because' }])],
  ['a reason of the prototype', pack([18, 0, 0, { reason: 'toString' }])],
  ['a roster that is an object', welcome({ roster: { length: 1, 0: ann } })],
  ['a roster of 65', welcome({ roster: Array(65).fill(ann) })],
  ['a roster of numbers', welcome({ roster: [1, 2] })],
  ['a member who is nobody', memberOf({ id: 3 })],
  ['a member at a fraction', memberOf({ id: 64.5 })],
  ['a member without a choice', pack([19, 0, 0, { member: { ...ann, choice: undefined } }])],
  ['a choice that is a text', memberOf({ choice: 'red' })],
  ['a choice of objects', memberOf({ choice: { team: { name: 'red' } } })],
  ['data that is a date', memberOf({ data: new Date(0) })],
  ['data with a date in it', memberOf({ data: [new Date(0)] })],
  ['data of 257 bytes', memberOf({ data: 'x'.repeat(255) })],
  ['data of 1 MB', memberOf({ data: 'x'.repeat(1_000_000) })],
  ['data in 300 levels', memberOf({ data: nest(300) })],
  ['somebody gone who is nobody', pack([24, 0, 0, { id: 0 }])],
  ['a welcome for nobody', pack([17, 0, 0, { you: 0, maxPlayers: 8, settings: {}, roster: [] }])],
  ['epoch 0', start({ epoch: 0 })],
  ['a negative seed', start({ seed: -1 })],
  ['a seed that is NaN', start({ seed: Number.NaN })],
  ['a seed of 2^32', start({ seed: 2 ** 32 })],
  ['options that are an array of objects', start({ options: [{}] })],
  ['a choice without a number', pack([26, 0, 0, { choice: {} }])],
  ['a choice of a nested list', pack([26, 0, 0, { ask: 1, choice: { kit: [[1]] } }])],
  ['a choice that is null', pack([26, 0, 0, { ask: 1, choice: null }])],
  ['an answer of a reason that is none', pack([27, 0, 0, { ask: 1, refusal: 'because' }])],
  ['own data of 257 bytes', pack([28, 0, 0, { data: 'x'.repeat(255) }])],
  ['no own data', pack([28, 0, 0, {}])],
  ['no settings', start({ settings: undefined })],
  ['settings that are a list of objects', start({ settings: [{}] })],
  ['a setting that is an object', pack([25, 0, 0, { settings: { a: {} } }])],
  ['a setting that is a long text', pack([25, 0, 0, { settings: { a: 'x'.repeat(256) } }])],
  ['an option that is an object', start({ options: { a: {} } })],
  ['an option that is infinite', start({ options: { a: Number.POSITIVE_INFINITY } })],
  ['an option that is a date', start({ options: { a: new Date(0) } })],
  ['an option that is a long text', start({ options: { a: 'x'.repeat(256) } })],
  ['an option that is a long list', start({ options: { a: Array(256).fill(1) } })],
  ['an option that is a list of lists', start({ options: { a: [[1]] } })],
]

describe('a hello of another version of Starwire', () => {
  const say = (contents: object): Uint8Array => Uint8Array.from(packr.pack([16, 0, 0, contents]))
  it.each([
    ['an earlier one', { protocol: WIRE_VERSION - 1, name: 'Bea', hash: 'abc' }],
    ['a later one, whatever else it says', { protocol: WIRE_VERSION + 1, who: ['Bea'], why: null }],
  ])('is known as such, so that it can be refused by name: %s', (_which, contents) => {
    expect(decodeGuestMessage(say(contents))).toEqual({ kind: 'foreign-hello' })
  })

  it.each([
    ['a text', 'x'],
    ['null', null],
    ['a fraction', 2.5],
    ['below zero', -1],
  ])('is none when its protocol is %s', (_what, protocol) => {
    expect(decodeGuestMessage(say({ protocol, name: 'Bea', hash: 'abc' }))).toBeNull()
  })
})

describe('what is no lobby message', () => {
  it.each(wrong)('is dropped: %s', (_name, bytes) => {
    expect(decodeGuestMessage(bytes)).toBeNull()
    expect(decodeHostMessage(bytes)).toBeNull()
  })

  it('is dropped when a guest sends more than a guest has to say', () => {
    const long = pack([16, 0, 0, { name: 'x', hash: 'x', more: 'x'.repeat(MAX_GUEST_MESSAGE_BYTES) }])
    expect(decodeGuestMessage(long)).toBeNull()
  })

  it('never touches a prototype', () => {
    // msgpackr itself would write "__proto_"; these say it in bytes, as a name and as an option.
    const proto = bytesOf(0xa9, '__proto__', [0x81, 0xa5], 'admin', 0xc3)
    const contents = bytesOf(0x83, 0xa4, 'name', 0xa1, 'x', 0xa4, 'hash', 0xa1, 'x', [...proto])
    expect(decodeGuestMessage(bytesOf(0x94, 16, 0, 0, [...contents]))).toBeNull()
    const options = bytesOf(0x83, 0xa5, 'epoch', 1, 0xa4, 'seed', 1, 0xa7, 'options', 0x81, [...proto])
    const message = decodeHostMessage(bytesOf(0x94, 20, 0, 0, [...options]))
    expect(message).toBeNull()
    expect('admin' in {}).toBe(false)
  })

  it('is dropped whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        decodeGuestMessage(bytes)
        decodeHostMessage(bytes)
        // Behind an honest beginning, more of the decoder is reached.
        expect(decodeGuestMessage(bytesOf(0x94, 16, 0, 0, [...bytes]))).toBeNull()
        decodeHostMessage(bytesOf(0x94, 20, 0, 0, [...bytes]))
      }),
      { numRuns: 2000 },
    )
  })

  it('is dropped when a bit of an honest message has flipped, or is still a message of its kind', () => {
    const all = [...guestMessages, ...hostMessages]
    fc.assert(
      fc.property(fc.constantFrom(...all), fc.nat(), fc.nat(7), (message, at, bit) => {
        const bytes = encodeMessage(message)
        bytes[at % bytes.length]! ^= 1 << bit
        const decoded = decodeHostMessage(bytes) ?? decodeGuestMessage(bytes)
        if (decoded) expect(decoded).toHaveProperty('kind')
      }),
      { numRuns: 2000 },
    )
  })
})

/** Each is as large as its lane allows, and made to cost as much as can be. */
const costly: [string, Uint8Array][] = [
  ['20 kB of nested arrays', new Uint8Array(20_000).fill(0x91)],
  ['256 kB of nested arrays', new Uint8Array(LARGE_BYTES).fill(0x91)],
  ['256 kB of nested maps', bytesOf(Array.from({ length: LARGE_BYTES / 3 }, () => [0x81, 0xa1, 0x61]).flat())],
  ['an array of 2^32 parts', bytesOf(0xdd, 0xff, 0xff, 0xff, 0xff)],
  ['a map of 2^32 pairs', bytesOf(0xdf, 0xff, 0xff, 0xff, 0xff)],
  ['a text of 4 GB', bytesOf(0xdb, 0xff, 0xff, 0xff, 0xff)],
  ['bytes of 4 GB', bytesOf(0xc6, 0xff, 0xff, 0xff, 0xff)],
  ['an extension of 4 GB', bytesOf(0xc9, 0xff, 0xff, 0xff, 0xff, 0x42)],
  [
    'arrays within arrays that each promise 16 million parts',
    bytesOf(Array.from({ length: 800 }, () => [0xdd, 0, 0xff, 0xff, 0xff]).flat()),
  ],
  ['a BigInt of 4,000 bytes', bytesOf(0x94, 16, 0, 0, 0xc8, 0x0f, 0x00, 0x42, Array(0x0f00).fill(0x77))],
  ['a BigInt of 200 kB', bytesOf(0x94, 20, 0, 0, 0xc9, 0, 3, 0, 0, 0x42, Array(0x30000).fill(0x77), 0)],
  ['a roster of 200,000 nobodies', welcome({ roster: Array(200_000).fill(0) })],
  ['data of 200,000 parts', memberOf({ data: Array(200_000).fill(0) })],
  ['a list of 200,000 parts', start({ options: { a: Array(200_000).fill(1) } })],
  ['50,000 options', start({ options: Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`o${i}`, [i]])) })],
]

/** Ten references to ten references to … : a value that takes years to walk through, in 500 bytes. */
function bomb(levels: number): Uint8Array {
  const level = (i: number): number[] => [
    ...[0xd6, 0x69, 0, 0, 0, i],
    ...(i === 0 ? [0x91, 1] : [0x9a, ...Array.from({ length: 10 }, () => [0xd6, 0x70, 0, 0, 0, i - 1]).flat()]),
  ]
  return bytesOf(0x90 + levels, Array.from({ length: levels }, (_, i) => level(i)).flat(), 0)
}

/** Few long lists, referred to by many options: each is short to send and long to check. */
function references(): Uint8Array {
  const list = [0xd6, 0x69, 0, 0, 0, 1, 0xdc, 0xff, 0xff, ...Array<number>(0xffff).fill(1)]
  const option = (i: number): number[] => [0xa4, ...Buffer.from(String(1000 + i)), 0xd6, 0x70, 0, 0, 0, 1]
  const count = 9000
  const options = [0xde, count >> 8, count & 0xff, 0xa1, 0x61, ...list]
  for (let i = 0; i < count - 1; i++) options.push(...option(i))
  return bytesOf(0x94, 20, 0, 0, 0x83, 0xa5, 'epoch', 1, 0xa4, 'seed', 1, 0xa7, 'options', options)
}

describe('a message made to hang its reader', () => {
  /** As long as the lane allows, and read by the stock decoder without a second look. */
  const honest = pack(Array(LARGE_BYTES - 16).fill(1))

  it.each([...costly, ['a bomb of references', bomb(14)], ['lists shared by references', references()]] as const)(
    'is read at once: %s',
    { tags: ['long'] },
    (_name, bytes) => {
      expect(bytes.length).toBeLessThanOrEqual(LARGE_BYTES)
      const took = timesAsLong(
        () => [decodeGuestMessage(bytes), decodeHostMessage(bytes)],
        () => packr.unpack(honest),
      )
      // A hang is a thousand times to years.
      expect(took).toBeLessThan(100)
      expect(decodeGuestMessage(encodeMessage({ kind: 'ready', ready: true }))).toEqual({ kind: 'ready', ready: true })
    },
  )
})
