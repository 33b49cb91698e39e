/** A file may be a stranger's. Whatever its bytes are, it is refused with a reason, or shown as far as it goes. */
import fc from 'fast-check'
import { defineGame, entity, t } from 'starwire'
import { describe, expect, it } from 'vitest'
import { closeFile } from '../../../net/records/file.ts'
import { MAX_FILE_BYTES } from '../../../net/records/limits.ts'
import { openRecording } from '../../../net/records.ts'
import { simulate } from '../../../net/testing.ts'
import { fromMessagePack, toMessagePack } from '../../../net/world/message-pack.ts'
import { tag } from '../../browser/fixtures/tag/tag.ts'
import { recordGuest, recordHost } from './recorded.ts'

function files(): { host: Uint8Array; guest: Uint8Array } {
  const match = simulate(tag, { players: 2 })
  const [host, guest] = [recordHost(match), recordGuest(match.clients[1]!)]
  match.run(300)
  match.clients[1]!.input({ x: 1, y: 0 })
  match.run(700)
  return { host: host.save(), guest: guest.save() }
}

/** Opens it, and does with it all that a page does. */
function use(bytes: Uint8Array): string {
  const { replay, problem } = openRecording(tag, bytes)
  if (problem) return problem.reason
  replay.check()
  replay.seek(replay.lastTick)
  replay.seek(replay.firstTick)
  replay.play(16)
  for (let now = 0; now < 2_000; now += 100) replay.view(now)
  replay.world()
  return replay.failure ? 'failed' : 'fine'
}

type Parts = [mark: unknown, format: unknown, head: unknown[], chunks: unknown[][], hash: Uint8Array]

/** A liar's file has the right hash. */
const forged = (bytes: Uint8Array, forge: (parts: Parts) => void): Uint8Array => {
  const parts = fromMessagePack(bytes) as Parts
  forge(parts)
  return closeFile(toMessagePack(parts))
}

describe('a file of a stranger', () => {
  const { host, guest } = files()

  it('is named for what it is when it is none, or of another game or format', () => {
    const other = defineGame({ ...base, id: 'other' })
    const wider = defineGame({ ...base, id: 'tag', entities: { runner: entity({ z: t.int(0, 9) }) } })
    expect(openRecording(other, host).problem).toMatchObject({ reason: 'other-game' })
    expect(openRecording(wider, host).problem).toMatchObject({ reason: 'other-fields' })
    expect(use(new Uint8Array(0))).toBe('not-a-recording')
    expect(use(toMessagePack(['starwire']))).toBe('not-a-recording')
    expect(use(forged(host, (parts) => (parts[1] = 3)))).toBe('other-format')
    expect(use(new Uint8Array(MAX_FILE_BYTES + 1))).toBe('not-a-recording')
    expect(openRecording(tag, 'text' as never).problem?.reason).toBe('not-a-recording')
    expect(() => openRecording({} as never, host)).toThrow(TypeError)
  })

  it('is never shown as if it were whole when a bit is flipped somewhere, or its end is missing', () => {
    for (const bytes of [host, guest]) {
      const reasons = new Map<string, number>()
      for (let at = 0; at < bytes.length; at++) {
        const changed = bytes.slice()
        changed[at]! ^= 1 << (at % 8)
        const reason = openRecording(tag, changed).problem?.reason ?? 'fine'
        reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
      }
      // Its first ten bytes are its mark, of which the first may be that of the format before; the next is its format.
      expect(Object.fromEntries(reasons)).toEqual({
        'not-a-recording': 9,
        'other-format': 1,
        damaged: bytes.length - 10,
      })
      for (const length of [bytes.length - 1, bytes.length - 6, bytes.length >> 1, 20])
        expect(use(bytes.subarray(0, length))).toBe('damaged')
    }
  })

  it('is damaged when its head or its chunks lie', () => {
    const lies: ((parts: Parts) => void)[] = [
      (parts) => (parts[2][7] = -1),
      (parts) => (parts[2][8] = { nothing: 1 }),
      (parts) => (parts[2][9] = { nothing: 1 }),
      (parts) => (parts[2][10] = 3),
      (parts) => (parts[2][11] = [[64, 'n'.repeat(201)]]),
      (parts) => (parts[3] = []),
      (parts) => (parts[3][0]![1] = 1e9),
      (parts) => (parts[3][0]![0] = 0),
      (parts) => parts[3].push(parts[3][0]!),
    ]
    for (const lie of lies) expect(use(forged(host, lie))).toBe('damaged')
    expect(use(forged(host, (parts) => (parts[3][0]![2] = new Uint8Array(9))))).toBe('damaged')
    expect(use(forged(guest, (parts) => (parts[3][0]![2] = new Uint8Array(9))))).toBe('damaged')
  })

  it('ends where its bytes end, though its head promises more', () => {
    const cut = forged(host, (parts) => (parts[3][0]![4] = (parts[3][0]![4] as Uint8Array).slice(0, 20)))
    expect(use(cut)).toBe('failed')
    const { replay } = openRecording(tag, cut)
    replay!.seek(1e9)
    expect(replay!.tick).toBeGreaterThan(0)
    expect(replay!.lastTick).toBe(replay!.tick)
  })

  it('never throws and never hangs, whichever bytes are changed', () => {
    for (const bytes of [host, guest])
      fc.assert(
        fc.property(
          fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
          (changes) => {
            const changed = bytes.slice()
            for (const [at, value] of changes) changed[at] = value
            expect(typeof use(changed)).toBe('string')
            // As a liar would: what is behind the hash meets the changes, too.
            expect(typeof use(closeFile(changed))).toBe('string')
          },
        ),
        { numRuns: 60, seed: 5 },
      )
  })
})

const base = {
  version: 1,
  maxPlayers: 8,
  input: { x: t.int(-1, 1), y: t.int(-1, 1) },
  entities: { runner: entity({ x: t.int(0, 9) }) },
  step() {},
}
