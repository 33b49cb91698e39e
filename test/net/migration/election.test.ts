import { describe, expect, it } from 'vitest'
import type { Electorate } from '../../../net/migration/electorate.ts'
import { forkEpoch, nextTerm } from '../../../net/migration/next-epochs.ts'
import type { PlayerId } from '../../../net/world/ids.ts'
import { Members, seat } from './members.ts'

/** The epoch of the first host that is voted for. */
const VOTED = nextTerm(1)

/** When somebody but the old host began to host, ms after now; null: nobody within 10 s. */
function takenOver(members: Members): number | null {
  const began = members.now
  let at: number | null = null
  members.run(10_000, () => {
    if (at === null && members.members.some(({ ticks, me }) => ticks && me !== seat(0))) at = members.now - began
  })
  return at
}

describe('a host that dies', () => {
  it('is followed by the first heir after two seconds of silence, by half a second where signalling says it is gone', () => {
    const silent = new Members(4)
    silent.run(1000)
    silent.kill(0)
    const slow = takenOver(silent)!
    expect(slow).toBeGreaterThanOrEqual(1900)
    expect(slow).toBeLessThan(2500)

    const told = new Members(4)
    told.run(1000)
    told.kill(0)
    told.at(1).election.noteHostGone()
    expect(takenOver(told)).toBeLessThan(900)
    expect(told.epochs.slice(1)).toEqual([VOTED, VOTED, VOTED])
    expect(told.ticking).toEqual([seat(1)])
  })

  it('is followed without signalling, too, by the votes of the others', () => {
    const members = new Members(4)
    members.signalling.up = false
    members.run(1000)
    members.kill(0)
    const asked: boolean[] = []
    members.run(2500, () => asked.push(...members.members.slice(1).map(({ election }) => election.mayPlayOn)))
    expect(members.ticking).toEqual([seat(1)])
    // Whoever can be the next host by votes is not asked to go on alone.
    expect(asked).not.toContain(true)
  })

  it('is followed by the second heir when the first is dead, too', () => {
    const members = new Members(5, [1, 2])
    members.run(1000)
    members.kill(0)
    members.kill(1)
    expect(takenOver(members)).toBeLessThan(5000)
    expect(members.ticking).toEqual([seat(2)])
  })

  it('is followed by the second heir when the first had not heard it for seconds, whose world is older', () => {
    const members = new Members(4, [1, 2])
    for (const { election } of members.members) election.inMatch = true
    members.run(1000)
    members.cutWay(0, 1)
    members.run(3000)
    members.kill(0)
    for (const n of [1, 2]) members.at(n).election.noteHostGone()
    expect(takenOver(members)).toBeLessThan(2000)
    expect(members.ticking).toEqual([seat(2)])
  })

  it('is followed by one of two heirs who claim at the same time', () => {
    for (let seed = 1; seed < 30; seed++) {
      const members = new Members(6, [1, 2], seed)
      members.loss = 0.3
      members.run(1000)
      members.kill(0)
      for (const heir of [1, 2]) members.at(heir).election.noteHostGone()
      members.run(15_000)
      members.loss = 0
      members.run(5000)
      expect(members.ticking).toHaveLength(1)
      expect(new Set(members.epochs.slice(1)).size).toBe(1)
    }
  })

  it('among two players is followed with signalling’s vote; without, the survivor waits until they choose to play on', () => {
    const members = new Members(2)
    members.run(1000)
    members.kill(0)
    expect(takenOver(members)).toBeLessThan(3500)

    const alone = new Members(2)
    alone.run(1000)
    alone.kill(0)
    alone.signalling.up = false
    expect(takenOver(alone)).toBeNull()
    expect([alone.at(1).election.isDark, alone.at(1).election.mayPlayOn]).toEqual([true, true])
    alone.at(1).election.playOn(alone.now)
    alone.run(2000)
    expect(alone.ticking).toEqual([seat(1)])
  })
})

describe('a host without a player', () => {
  it.each([2, 3, 5])('has a vote like any other among %i, and is followed when it dies', (count) => {
    const members = new Members(count, [1, 2], 1, null)
    members.run(1000)
    expect(members.ticking).toEqual([null])
    members.kill(0)
    expect(takenOver(members)).toBeLessThan(3500)
    expect(members.ticking).toEqual([seat(1)])
    expect(members.epochs.slice(1)).toEqual(Array(count - 1).fill(VOTED))
  })

  it('stays the host of its only guest, whose link is cut', () => {
    const members = new Members(2, [1], 1, null)
    members.run(1000)
    members.part([0], [1])
    members.run(4000)
    members.part()
    members.run(3000)
    expect(members.ticking).toEqual([null])
    expect(members.epochs).toEqual([1, 1])
  })

  it('ticks nothing after a sleep in which it was replaced', () => {
    const members = new Members(4, [1], 1, null)
    members.run(1000)
    members.at(0).stopped = true
    members.run(6000)
    const { ran } = members.at(0)
    members.at(0).stopped = false
    members.run(5000)
    expect([members.at(0).ran, members.at(0).follows]).toEqual([ran, 1])
    expect(members.ticking).toEqual([seat(1)])
  })
})

describe('a host that lives', () => {
  it('stays the host over twenty stalls of 1.5 s', () => {
    const members = new Members(4)
    for (let stall = 0; stall < 20; stall++) {
      members.run(1000)
      members.at(0).stopped = true
      members.run(1500)
      members.at(0).stopped = false
    }
    members.run(1000)
    expect(members.epochs).toEqual([1, 1, 1, 1])
    expect(members.ticking).toEqual([seat(0)])
  })

  it('stays the host when only its way to the heir is lost: the others say that it lives', () => {
    const members = new Members(5)
    members.run(1000)
    members.cutWay(0, 1)
    members.run(8000)
    expect(members.ticking).toEqual([seat(0)])
    members.part()
    members.run(8000)
    expect(new Set(members.epochs).size).toBe(1)
    expect(members.ticking).toHaveLength(1)
  })

  it.each<[string, number, (members: Members) => void]>([
    ['alone hears nothing of it', 5, (members) => members.cutWay(0, 1)],
    [
      'is cut off with another',
      6,
      (members) => {
        members.part([1, 2], [0, 3, 4, 5])
        for (const n of [1, 2]) members.at(n).online = false
      },
    ],
    ['hears nothing of it, of two', 2, (members) => members.cutWay(0, 1)],
  ])('is followed as ever after two minutes in which its heir %s: no epochs are used up', (_, count, hurt) => {
    const members = new Members(count)
    members.run(1000)
    hurt(members)
    members.run(120_000)
    members.part()
    members.cutWay(0, 1, false)
    for (const member of members.members) member.online = true
    members.run(5000)
    expect(members.ticking).toEqual([seat(0)])
    members.kill(0)
    expect(takenOver(members)).toBeLessThan(3500)
    expect(members.ticking).toEqual([seat(1)])
    expect(members.epochs[1]).toBeLessThan(VOTED + 3 * (VOTED - 1))
  })

  it('is not claimed to be dead by an heir who slept', () => {
    const members = new Members(4)
    members.run(1000)
    members.at(1).stopped = true
    members.run(5000)
    members.at(1).stopped = false
    members.run(3000)
    expect(members.epochs).toEqual([1, 1, 1, 1])
    expect(members.at(2).election.refusals).toEqual({})
  })

  it('is not claimed to be dead by an heir whose own network is gone', () => {
    const members = new Members(4)
    members.run(1000)
    members.at(1).online = false
    members.part([1], [0, 2, 3])
    const refused: unknown[] = []
    members.run(6000, () => {
      // Nobody hears it; but it would have voted for itself.
      if (!members.at(1).election.saysTo(seat(0))) refused.push(members.now)
    })
    expect(refused).toEqual([])
  })

  it('that is heard again ends the claim of an heir at once', () => {
    const members = new Members(5)
    members.run(1000)
    members.signalling.up = false
    for (const other of [2, 3, 4]) members.cutWay(1, other)
    members.at(0).stopped = true
    members.run(2200)
    expect(members.at(1).election.saysTo(seat(0))).toBe(false)
    members.at(0).stopped = false
    members.run(200)
    expect(members.at(1).election.saysTo(seat(0))).toBe(true)
    members.run(3000)
    expect(members.ticking).toEqual([seat(0)])
  })

  it('gets its voters back when an heir dies with their votes', () => {
    const members = new Members(4)
    members.run(1000)
    members.signalling.up = false
    members.part([0], [1, 2, 3])
    // The heir's claim goes out, and the heir dies before a vote is back.
    members.run(2000, () => {
      if (members.at(1).election.saysTo(seat(0)) === false) members.kill(1)
    })
    expect(members.at(2).election.saysTo(seat(0))).toBe(false)
    members.part()
    members.run(10_000)
    expect(members.ticking).toEqual([seat(0)])
    expect(members.epochs[0]).toBeGreaterThan(2)
    expect(members.epochs[2]).toBe(members.epochs[0])
    expect(members.epochs[3]).toBe(members.epochs[0])
  })
})

describe('a lobby that is parted', () => {
  it.each([
    ['the heir’s half with signalling goes on', [1, 3], seat(1)],
    ['the host’s half with signalling goes on', [0, 2], seat(0)],
  ] as const)('in halves: %s, the other stands still, and follows once they meet', (_, online, host) => {
    const members = new Members(4)
    members.run(1000)
    for (const [n, member] of members.members.entries()) member.online = (online as readonly number[]).includes(n)
    members.part([0, 2], [1, 3])
    members.run(8000)
    expect(members.ticking).toEqual([host])
    members.part()
    members.run(4000)
    expect(members.ticking).toEqual([host])
    expect(new Set(members.epochs).size).toBe(1)
  })

  it('goes on where the majority is: a host in the minority stands still within a second and a bit, and comes back as a guest', () => {
    const members = new Members(5)
    members.run(1000)
    members.signalling.up = false
    members.part([0, 4], [1, 2, 3])
    const began = members.now
    let ranUntil = 0
    members.run(6000, () => {
      if (members.at(0).ticks) ranUntil = members.now
    })
    expect(ranUntil - began).toBeLessThan(1300)
    expect(members.ticking).toEqual([seat(1)])
    members.part()
    members.run(3000)
    expect(members.ticking).toEqual([seat(1)])
    expect(members.epochs).toEqual(Array(5).fill(VOTED))
  })

  it('has one host once it meets, though the old one, which signalling lets go on, has named other heirs since', () => {
    const members = new Members(5)
    members.run(1000)
    for (const n of [1, 2, 3]) members.at(n).online = false
    members.part([0, 4], [1, 2, 3])
    members.run(6000)
    expect(members.ticking).toEqual([seat(0), seat(1)])
    const voters = [0, 1, 2, 3, 4].map(seat)
    for (const n of [0, 4])
      members.at(n).election.update({ version: 2, host: seat(0), voters, before: null, heirs: [seat(4)] })
    members.part()
    members.run(4000)
    expect(members.ticking).toEqual([seat(1)])
    expect(members.epochs).toEqual(Array(5).fill(VOTED))
  })

  it('ends a declared fork at first contact, and says so', () => {
    const members = new Members(5)
    members.run(1000)
    members.signalling.up = false
    members.part([0, 2, 3], [1], [4])
    members.run(4000)
    members.at(1).election.playOn(members.now)
    members.run(2000)
    // Both go on, and know it.
    expect(members.ticking).toEqual([seat(0), seat(1)])
    members.part()
    members.run(6000)
    expect(members.ticking).toEqual([seat(0)])
    expect(new Set(members.epochs).size).toBe(1)
    expect(members.at(1).follows).toBe(1)
  })
})

describe('a fork', () => {
  it('has an epoch that no voted host and no other fork has, and ends at the voted one', () => {
    const members = new Members(6, [1, 2])
    members.run(1000)
    members.kill(0)
    members.signalling.up = false
    members.part([1], [2, 3, 4, 5])
    members.run(2500)
    members.at(1).election.playOn(members.now)
    // `check` of `Members` holds that no epoch has two hosts.
    members.run(4000)
    expect(members.ticking).toEqual([seat(1), seat(2)])
    members.part()
    members.run(4000)
    expect([members.ticking, members.at(1).follows]).toEqual([[seat(2)], 1])
    const epochs = [1, 64, 65].flatMap((epoch) => [0, 1, 63].map((n) => forkEpoch(epoch, seat(n))))
    expect(new Set(epochs).size).toBe(3)
    for (const epoch of epochs) expect([epoch > VOTED / 2 - 1, epoch < VOTED]).toEqual([true, true])
    // The same player has another one each time.
    expect(forkEpoch(forkEpoch(1, seat(3)), seat(3))).toBe(forkEpoch(1, seat(3)) + 1)
    expect(forkEpoch(forkEpoch(1, seat(9)), seat(3))).toBe(VOTED + forkEpoch(1, seat(3)))
  })

  it('takes back whoever voted for an heir that follows it by now, whose word of it was lost', () => {
    const { election } = new Members(4, [1, 2]).at(3)
    election.tick(600)
    election.receive(seat(2), { type: 'claim', epoch: VOTED, roster: 1 }, 600)
    const hosting = { type: 'hosting', epoch: forkEpoch(1, seat(1)), host: seat(1), fork: false } as const
    election.receive(seat(0), hosting, 700)
    expect([election.host, election.refusals]).toEqual([seat(0), { promised: 1 }])
    election.receive(seat(2), hosting, 700)
    expect(election.host).toBe(seat(1))
  })
})

describe('an old host that wakes', () => {
  it.each([1200, 2100, 2200, 10_000])('after %i ms of sleep ticks nothing once another hosts', (sleepMs) => {
    const members = new Members(4)
    members.run(1000)
    members.at(0).stopped = true
    members.run(sleepMs)
    const { ran } = members.at(0)
    const isReplaced = members.at(1).ticks
    members.at(0).stopped = false
    members.run(5000)
    expect(members.ticking).toHaveLength(1)
    expect(new Set(members.epochs).size).toBe(1)
    if (isReplaced) expect(members.at(0).ran).toBe(ran)
  })
})

describe('a host that starts matches', () => {
  it('while it is cut off has no epoch that the others vote for, and gains no time by it', () => {
    const members = new Members(5)
    members.run(1000)
    members.part([0, 4], [1, 2, 3])
    const began = members.now
    let ranUntil = 0
    members.run(6000, () => {
      if (members.at(0).ticks) ranUntil = members.now
      // `check` of `Members` holds that no epoch has two hosts.
      if ((members.now - began) % 300 === 0 && members.at(0).ticks) members.start(0)
    })
    expect(ranUntil - began).toBeLessThan(1300)
    expect(members.ticking).toEqual([seat(1)])
    members.start(1)
    members.part()
    members.run(3000)
    expect(members.ticking).toEqual([seat(1)])
    expect(members.epochs).toEqual(Array(5).fill(VOTED + 1))
  })

  it('gets no second vote of who has voted for another', () => {
    const members = new Members(4, [1, 2])
    members.run(1000)
    members.signalling.up = false
    members.at(0).stopped = true
    members.part([0, 2, 3], [1])
    members.run(1000)
    const { election } = members.at(3)
    election.receive(seat(1), { type: 'claim', epoch: VOTED, roster: 1 }, members.now)
    expect(election.take()).toEqual([{ do: 'send', to: seat(1), message: { type: 'vote', epoch: VOTED } }])
    // The start was on its way before.
    election.raise(2)
    expect(election.saysTo(seat(0))).toBe(false)
    election.receive(seat(2), { type: 'claim', epoch: VOTED, roster: 1 }, members.now)
    expect(election.take()).toEqual([])
    expect(election.refusals).toEqual({ epoch: 1 })
    // Nor does another member's word, who plays the match that began, take the vote back.
    election.receive(seat(2), { type: 'hosting', epoch: 3, host: seat(0), fork: false }, members.now)
    expect([election.saysTo(seat(0)), election.epoch]).toEqual([false, 2])
  })
})

describe('a liar', () => {
  it('who claims while the host lives, replays, or is no heir changes nothing, and is counted', () => {
    const members = new Members(4)
    members.run(1000)
    const { election } = members.at(2)
    members.say(seat(1), seat(2), { type: 'claim', epoch: VOTED, roster: 1 })
    members.say(seat(3), seat(2), { type: 'claim', epoch: VOTED, roster: 1 })
    members.say(seat(9), seat(2), { type: 'claim', epoch: VOTED, roster: 1 })
    members.say(seat(1), seat(2), { type: 'claim', epoch: 1, roster: 1 })
    members.say(seat(1), seat(2), { type: 'claim', epoch: 2 ** 31, roster: 1 })
    members.say(seat(1), seat(2), { type: 'claim', epoch: VOTED + 1, roster: 1 })
    members.say(seat(1), seat(2), { type: 'claim', epoch: VOTED, roster: 0 })
    members.say(seat(1), seat(2), { type: 'hosting', epoch: VOTED, host: seat(1), fork: false })
    members.say(seat(3), seat(2), { type: 'hosting', epoch: VOTED, host: seat(3), fork: false })
    members.say(seat(1), seat(0), { type: 'hosting', epoch: VOTED, host: seat(1), fork: false })
    members.say(seat(3), seat(0), { type: 'promised', epoch: 2 ** 31 })
    members.say(seat(3), seat(1), { type: 'vote', epoch: VOTED })
    members.run(3000)
    expect(members.ticking).toEqual([seat(0)])
    expect(members.epochs).toEqual([1, 1, 1, 1])
    expect(election.refusals).toEqual({ 'host lives': 2, 'no heir': 2, 'no voter': 1, epoch: 2, roster: 1 })
    expect(members.at(0).election.refusals).toMatchObject({ 'host lives': 2, epoch: 1 })
  })

  it('cannot vote twice, nor for others, nor after the claim is over', () => {
    const members = new Members(5)
    members.run(1000)
    members.signalling.up = false
    members.part([0, 2, 4], [1, 3])
    for (let i = 0; i < 50; i++) {
      for (let term = 0; term < 6; term++) members.say(seat(3), seat(1), { type: 'vote', epoch: VOTED * (1 + term) })
      members.run(200)
    }
    expect(members.ticking).toEqual([seat(0)])
  })
})

describe('whatever happens', () => {
  it('no epoch has two hosts, and at rest one host goes on whom all follow', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const members = new Members(2 + (seed % 6), [1, 2].slice(0, seed % 6 > 2 ? 2 : 1), seed * 7919)
      const { length } = members.members
      for (let round = 0; round < 8; round++) {
        const dice = members.random()
        const any = (): number => Math.floor(members.random() * length)
        if (dice < 0.3) {
          const sides = members.members.map(() => members.random() < 0.5)
          const side = (wanted: boolean): number[] => [...sides.keys()].filter((n) => sides[n] === wanted)
          members.part(side(true), side(false))
        } else if (dice < 0.5) members.part()
        else if (dice < 0.6) members.cutWay(any(), any())
        else if (dice < 0.7) members.signalling.up = !members.signalling.up
        else if (dice < 0.8) members.at(any()).online = members.random() < 0.5
        else if (dice < 0.9) members.startsAt = members.now + members.random() * 3000
        else {
          const sleeper = members.at(any())
          sleeper.stopped = !sleeper.stopped
        }
        members.loss = members.random() < 0.3 ? 0.2 : 0
        // Some who are asked play on without the others.
        const playsOn = members.at(any())
        if (members.random() < 0.5 && !playsOn.stopped) playsOn.election.playOn(members.now)
        members.run(500 + members.random() * 4000)
      }
      members.part()
      members.loss = 0
      members.signalling.up = true
      for (const member of members.members) Object.assign(member, { stopped: false, online: true })
      members.run(20_000)
      expect(members.ticking, `seed ${seed}`).toHaveLength(1)
      expect(new Set(members.epochs).size, `seed ${seed}: ${members.epochs}`).toBe(1)
    }
  })
})

describe('signalling’s vote', () => {
  it('that an heir has and gives back leaves the host as it was', () => {
    const members = new Members(2)
    members.run(1000)
    members.cutWay(0, 1)
    members.cutWay(1, 0)
    // It hears nobody, and is hung for its server at that moment.
    members.at(0).stopped = true
    members.run(2300)
    members.at(0).stopped = false
    members.cutWay(0, 1, false)
    members.cutWay(1, 0, false)
    members.run(8000)
    expect(members.ticking).toHaveLength(1)
    expect(new Set(members.epochs).size).toBe(1)
    // Whoever hosts is the one whom signalling knows.
    expect(members.ticking).toEqual([members.signalling.holder])
  })

  it('is no open socket’s: a host that hears half of the voters stands still once signalling answers no more', () => {
    const members = new Members(2)
    members.run(1000)
    members.part([0], [1])
    members.signalling.isMute = true
    members.run(2000)
    expect(members.ticking).toEqual([seat(0)])
    members.run(4000)
    expect(members.ticking).toEqual([])
    members.signalling.isMute = false
    members.run(4000)
    expect(members.ticking).toHaveLength(1)
  })
})

describe('a host that hears none of its voters', () => {
  it('is no obstacle to an heir at signalling, also when that lets it run', () => {
    const members = new Members(4)
    members.run(1000)
    expect(members.at(0).election.isBacked).toBe(true)
    members.part([0], [1, 2, 3])
    for (const n of [1, 2, 3]) members.at(n).stopped = true
    members.run(2000)
    expect([members.ticking, members.at(0).election.isBacked]).toEqual([[], false])
    members.run(6000)
    expect([members.ticking, members.at(0).election.isBacked]).toEqual([[seat(0)], false])
  })
})

describe('a host that signalling lets go on without its voters', () => {
  it('goes on without a stop, also while its voters change, and stops once signalling knows another', () => {
    const members = new Members(4)
    const { voters } = { voters: [0, 1, 2, 3].map(seat) }
    for (const { election } of members.members)
      election.update({ version: 2, host: seat(0), voters: voters.slice(0, 3), before: voters, heirs: [seat(1)] })
    members.run(1000)
    for (const n of [1, 2, 3]) members.kill(n)
    members.run(6000)
    let stood = 0
    members.run(10_000, () => {
      if (members.ticking.length === 0) stood++
    })
    expect([members.ticking, stood]).toEqual([[seat(0)], 0])
    members.signalling.epoch = VOTED
    members.run(2000)
    expect(members.ticking).toEqual([])
  })
})

describe('a host that wakes', () => {
  const hosting = { type: 'hosting', epoch: VOTED, host: seat(1), fork: false } as const

  it('follows who was voted for, though their last signs of life for it reach it only now', () => {
    const { election } = new Members(5).at(0)
    const now = 20_000
    for (const n of [1, 2, 3, 4]) election.hear(seat(n), 1, now)
    for (const n of [1, 2]) election.receive(seat(n), hosting, now)
    expect(election.host).toBe(seat(0))
    election.receive(seat(3), hosting, now)
    expect(election.take()).toContainEqual({ do: 'follow', epoch: VOTED, host: seat(1) })
  })

  it('asks signalling where half say so: one of two players cannot take the lobby by a lie', () => {
    const members = new Members(2)
    members.run(1000)
    members.say(seat(1), seat(0), hosting)
    members.run(3000)
    expect(members.ticking).toEqual([seat(0)])
  })
})

describe('voters who change', () => {
  const of = (...members: readonly number[]): PlayerId[] => members.map(seat)
  const older = { version: 1, host: seat(0), voters: of(0, 1, 2), before: null, heirs: of(1) }
  const newer = { version: 2, host: seat(0), voters: of(0, 1, 2, 3), before: of(0, 1, 2), heirs: of(1) }
  /** The host and the newcomer have signalling; the first heir and another hear neither them nor signalling. */
  const parted = (know: readonly number[], electorate: Electorate): Members => {
    const members = new Members(4)
    for (const { election } of members.members) election.update(older)
    for (const n of know) members.at(n).election.update(electorate)
    members.run(1000)
    for (const n of [1, 2]) members.at(n).online = false
    members.part([0, 3], [1, 2])
    members.run(8000)
    return members
  }

  it('let no heir win by a majority of older voters, while half of the newer ones and signalling have a host', () => {
    const members = parted([0, 2, 3], { ...newer, before: null })
    expect(members.ticking).toEqual([seat(0)])
    expect(members.at(2).election.refusals).toEqual({})
    // It does not know that the other has newer voters.
    const { election } = members.at(2)
    election.receive(seat(1), { type: 'claim', epoch: VOTED, roster: 1 }, members.now)
    expect(election.take()).toEqual([{ do: 'send', to: seat(1), message: { type: 'lives', epoch: VOTED } }])
    expect(election.refusals).toEqual({ roster: 1 })
    members.part()
    members.run(3000)
    expect(members.epochs).toEqual([1, 1, 1, 1])
  })

  it('of whom the others have not heard give a host no quorum: most of those before may have voted for an heir', () => {
    const members = parted([0, 3], newer)
    expect(members.at(0).election.isBacked).toBe(false)
    expect(members.ticking).toContain(seat(1))
    members.part()
    members.run(4000)
    expect(members.ticking).toEqual([seat(1)])
    expect(new Set(members.epochs)).toEqual(new Set([VOTED]))
  })

  it('are counted by an heir who knows the newer ones, whoever of the others does not', () => {
    const members = new Members(4)
    for (const { election } of members.members) election.update(older)
    members.at(1).election.update(newer)
    members.run(1000)
    members.kill(0)
    expect(takenOver(members)).toBeLessThan(3000)
    expect(members.ticking).toEqual([seat(1)])
  })
})

describe('a page that the host has named', () => {
  it('and that says nothing is followed by the next heir a second after', () => {
    const members = new Members(4, [1, 2])
    members.run(1000)
    members.kill(1)
    for (const n of [2, 3]) members.at(n).election.handOver(2, seat(1), members.now)
    members.kill(0)
    const ms = takenOver(members)!
    expect(ms).toBeGreaterThanOrEqual(900)
    expect(ms).toBeLessThan(1700)
    expect(members.ticking).toEqual([seat(2)])
  })

  it('and that wakes is no obstacle to an heir at signalling until most have said that they follow it', () => {
    const { election } = new Members(4, [1, 2]).at(1)
    election.handOver(2, seat(1), 0)
    election.tick(100)
    expect([election.paused, election.isBacked]).toEqual([false, false])
    election.hear(seat(2), 2, 200)
    election.tick(200)
    expect(election.isBacked).toBe(false)
    election.hear(seat(3), 2, 300)
    election.tick(300)
    expect([election.paused, election.isBacked]).toEqual([false, true])
  })

  it('is backed by half once signalling says that it knows nobody else', () => {
    const { election } = new Members(4, [1, 2]).at(1)
    election.setOnline(true)
    election.handOver(2, seat(1), 0)
    election.hear(seat(2), 2, 100)
    election.tick(100)
    expect([election.isBacked, election.take()]).toEqual([false, [{ do: 'ask for epoch' }]])
    election.epochAnswered(2)
    election.tick(200)
    expect(election.isBacked).toBe(true)
  })

  it('and that is heard keeps the lobby', () => {
    const members = new Members(4, [1, 2])
    members.run(1000)
    for (const n of [1, 2, 3]) members.at(n).election.handOver(2, seat(1), members.now)
    members.at(1).ticks = true
    members.kill(0)
    members.run(6000)
    expect(members.ticking).toEqual([seat(1)])
    expect(members.epochs.slice(1)).toEqual([2, 2, 2])
  })
})
