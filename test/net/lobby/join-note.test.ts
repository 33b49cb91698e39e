import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StarwireError } from '../../../net/errors/starwire-error.ts'
import { explainRefusal, hostNote, joinNote, readJoinNote } from '../../../net/lobby/join-note.ts'
import { MAX_NOTE_LENGTH } from '../../../net/signaling/signals.ts'
import { WIRE_VERSION } from '../../../net/wire/version.ts'

const tag = { id: 'tag', version: 1, hash: '0123456789abcdef-aaaabbbbccccdddd' }

describe('the note of a guest', () => {
  it('lets in the same game, new or returning, and a game whose rules nobody states', () => {
    expect(readJoinNote(joinNote(tag), tag)).toBe('newcomer')
    expect(readJoinNote(joinNote(tag, 'returner'), tag)).toBe('returner')
    expect(readJoinNote(joinNote(tag, 'spectator'), tag)).toBe('spectator')
    const unstated = { ...tag, hash: '0123456789abcdef-unstated' }
    expect(readJoinNote(joinNote(unstated), tag)).toBe('newcomer')
    expect(readJoinNote(joinNote(tag), unstated)).toBe('newcomer')
  })

  it.each([
    ['another game', { id: 'golf' }, 'other-game'],
    ['another game with the same hash', { id: 'tag-2' }, 'other-game'],
    ['another version', { version: 2 }, 'version-mismatch'],
    ['another schema', { hash: 'fedcba9876543210-aaaabbbbccccdddd' }, 'version-mismatch'],
    ['another schema and unstated rules', { hash: 'fedcba9876543210-unstated' }, 'version-mismatch'],
    ['other rules', { hash: '0123456789abcdef-ddddccccbbbbaaaa' }, 'version-mismatch'],
  ])('refuses %s', (_, other, reason) => {
    for (const comer of ['newcomer', 'returner', 'spectator'] as const)
      expect(readJoinNote(joinNote({ ...tag, ...other }, comer), tag)).toBe(reason)
  })

  it('refuses a page of another version of Starwire, the first one, too, which named no protocol', () => {
    const mine = hostNote(tag, false)
    for (const protocol of ['', '1 ', `${WIRE_VERSION + 1} `]) {
      const note = mine.replace(/^\d+ /, protocol)
      expect(readJoinNote(note, tag), note).toBe('version-mismatch')
      expect(readJoinNote(`${note} returning`, tag), note).toBe('version-mismatch')
    }
  })

  it('is refused when a stranger made it up, whatever it holds', () => {
    const forged = [
      '',
      ' returning',
      'tag',
      tag.hash,
      `tag 1`,
      `tag 1 ${tag.hash} x`,
      `tag  1 ${tag.hash}`,
      `tag 1e0 ${tag.hash}`,
    ]
    for (const note of forged) expect(readJoinNote(note, tag), note).toBe('version-mismatch')
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 4096 }), (note) => {
        expect(['version-mismatch', 'other-game']).toContain(readJoinNote(note, tag))
      }),
    )
  })
})

describe('a refusal', () => {
  it('names game, version and hash of both sides, short', () => {
    const host = { id: 'golf', version: 12, hash: '9999999999999999-unstated' }
    const error = explainRefusal(new StarwireError('other-game', hostNote(host, false)), tag)
    expect(error).toMatchObject({
      reason: 'other-game',
      detail:
        'this page runs tag version 1, declared 01234567, rules aaaabbbb; the host runs golf version 12, declared 99999999, rules unstated',
    })
  })

  it('says so when the two pages speak different protocols of Starwire', () => {
    const old = hostNote(tag, false).replace(/^\d+ /, '')
    expect(explainRefusal(new StarwireError('version-mismatch', old), tag)).toMatchObject({
      detail: expect.stringMatching(
        new RegExp(
          `^this page speaks Starwire's protocol ${WIRE_VERSION}, the host's page protocol 1; this page runs tag`,
        ),
      ),
    })
  })

  it('shows nothing of what a hostile host wrote instead', () => {
    for (const detail of [
      '<b>x</b>',
      'x'.repeat(200),
      'tag 1 \u202e',
      `${hostNote(tag, false)}\n`,
      `Tag 1 ${tag.hash}`,
    ]) {
      const error = explainRefusal(new StarwireError('version-mismatch', detail), tag) as StarwireError
      expect(error.detail).toBe(
        'this page runs tag version 1, declared 01234567, rules aaaabbbb; the host runs a game that it did not name',
      )
    }
  })

  it('for another reason, or an error of another kind, stays as it is', () => {
    for (const error of [new StarwireError('full', 'x'), new TypeError('x')])
      expect(explainRefusal(error, tag)).toBe(error)
  })

  it('has room for the longest names', () => {
    const longest = {
      id: 'a'.repeat(40),
      version: Number.MAX_SAFE_INTEGER,
      hash: `${'f'.repeat(16)}-${'x'.repeat(40)}`,
    }
    expect(hostNote(longest, false).length).toBeLessThanOrEqual(MAX_NOTE_LENGTH)
    expect(readJoinNote(joinNote(longest, 'returner'), longest)).toBe('returner')
  })
})
