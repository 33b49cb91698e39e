import { describe, expect, it } from 'vitest'
import { FILE_KINDS } from '../../../net/files/kinds.ts'
import { LOBBY_KINDS } from '../../../net/lobby/messages.ts'
import { TRACK_KINDS } from '../../../net/media/tracks-over.ts'
import { HEIR_KINDS } from '../../../net/migration/heir-messages.ts'
import { PacketKind } from '../../../net/wire/packet.ts'

describe('the numbers by which messages begin', () => {
  it('are given once, so that no message is taken for one of another part of the house', () => {
    const all = [PacketKind, LOBBY_KINDS, FILE_KINDS, TRACK_KINDS, HEIR_KINDS].flatMap((kinds) => Object.values(kinds))
    expect(all).toHaveLength(new Set(all).size)
    // The first byte after the array's head holds them.
    for (const kind of all) expect(kind).toBeLessThan(0x80)
  })
})
