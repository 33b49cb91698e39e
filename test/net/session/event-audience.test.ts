/** Who is sent an event: looked for in the bytes that leave the host for each player, not in what a page then shows. */
import { defineGame, entity, event, type Identity, type PlayerId, t } from 'starwire'
import { describe, expect, it } from 'vitest'
import { SnapshotReader } from '../../../net/replication/snapshot-reader.ts'
import { ClientSession } from '../../../net/session/client.ts'
import { HostSession } from '../../../net/session/host.ts'
import type { WireEvent } from '../../../net/wire/snapshots.ts'
import { playerId } from '../../../net/world/ids.ts'
import { plainValues } from '../../../net/world/record.ts'
import { readPacket } from '../wire/read.ts'
import { sendAll } from './send-all.ts'

const [ann, bea, cid] = [playerId(0, 1), playerId(1, 1), playerId(2, 1)] as [PlayerId, PlayerId, PlayerId]
const names = new Map([
  [ann, 'ann'],
  [bea, 'bea'],
  [cid, 'cid'],
])

interface Sub extends Identity<'sub'> {
  deep: boolean
}
/** The world as far as these rules use it: what they pass to `emit` may be wrong. */
interface Loose {
  readonly tick: number
  readonly predicting: PlayerId | null
  emit(name: string, payload: object, options?: object): void
  remove(entity: Identity): void
}
type Rule = (world: Loose, subs: [Sub, Sub, Sub]) => void
interface Sea {
  readonly step?: Rule
  readonly referee?: Rule
}
/** What the rules are to do in the next tick. */
let act: Sea

/** Submarines are seen by their owner alone while they are deep. Ann and Cid are of one team. */
const sea = defineGame({
  id: 'sea',
  version: 1,
  maxPlayers: 3,
  input: { ping: t.button() },
  entities: { sub: entity({ x: t.int(0, 100), deep: t.bool({ by: 'referee' }) }) },
  player: { team: t.enum(['red', 'blue']) },
  events: {
    said: event({ n: t.int(0, 999), who: t.entity(), all: t.list(t.entity(), 4) }),
    ping: event({ n: t.int(0, 999) }, { timing: 'predicted' }),
  },
  step(world) {
    act.step?.(world as never, [...world.all('sub')] as never)
  },
  referee(world) {
    for (const player of world.joined) {
      world.spawn('sub', { owner: player })
      world.player(player).team = player === bea ? 'blue' : 'red'
    }
    act.referee?.(world as never, [...world.all('sub')] as never)
  },
  relevant: (sub) => (sub.deep ? 0 : 1),
})

const turn =
  (deep: boolean): Rule =>
  (_, [sub]) => {
    sub.deep = deep
  }
const dive: Sea = { referee: turn(true) }

/** A host with three players, none of whom acknowledges anything, and all that it has sent to each of them. */
function sailing() {
  act = {}
  const host = new HostSession({ game: sea, seed: 1, secret: [1, 2, 3, 4], epoch: 1 })
  const readers = new Map([ann, bea, cid].map((player) => [player, new SnapshotReader(sea, player)]))
  const sent = new Map<string, WireEvent>()
  let now = 0
  /** Who is told of what is done in a tick; packets of it are lost where something is done in the next one as well. */
  const tick = (rules: Sea, next?: Sea): string[] => {
    sent.clear()
    for (const [i, rule] of [rules, next ?? {}, {}].entries()) {
      now += 1000 / 60
      act = rule
      host.advance(now)
      for (const { player, bytes } of sendAll(host, now)) {
        if (i === 0 && next) continue
        const packet = readPacket(bytes)!
        const read = readers.get(player)!.read(packet.tick, packet.body, now)
        if (typeof read === 'string') throw new Error(read)
        for (const one of read.snapshot.events) sent.set(`${names.get(player)} ${one.number}`, one)
      }
    }
    // Nobody acknowledges, so that all comes again: from here on it is of no interest.
    for (const client of host.clients.values()) client.events = []
    return [...new Set([...sent.keys()].map((key) => key.split(' ')[0] as string))].sort()
  }
  host.advance(0)
  for (const player of [ann, bea, cid]) host.join(player)
  tick({})
  return { host, tick, sent: () => [...sent.entries()] }
}

const payloads = (sent: [string, WireEvent][]) =>
  Object.fromEntries(sent.map(([key, { type, row }]) => [key.split(' ')[0], plainValues(type.fields, row)]))

describe('an event at an entity', () => {
  it('leaves the host only for those who can see it', () => {
    const { tick } = sailing()
    expect(tick({ referee: (world, [sub]) => world.emit('said', {}, { at: sub }) })).toEqual(['ann', 'bea', 'cid'])
    const vanish: Rule = (world, [sub]) => {
      sub.deep = true
      world.emit('said', {}, { at: sub })
    }
    expect(tick({ referee: vanish })).toEqual(['ann'])
    // By the step of the host, too, and by whoever did it.
    expect(tick({ step: (world, [sub]) => world.emit('said', {}, { at: sub, owner: bea }) })).toEqual(['ann', 'bea'])
  })

  it('that is removed in the same tick, before or after, is told to those who saw it', () => {
    const { tick } = sailing()
    const burst: Rule = (world, [sub]) => {
      world.remove(sub)
      world.emit('said', {}, { at: sub })
    }
    expect(tick({ referee: burst })).toEqual(['ann', 'bea', 'cid'])
    const sink: Rule = (world, [sub]) => {
      sub.deep = true
      world.emit('said', {}, { at: sub })
      world.remove(sub)
    }
    // The first that is left is Bea's.
    expect(tick({ referee: sink })).toEqual(['bea'])
  })

  it('that shows itself later does not tell what was hidden then, nor hides what was told and lost', () => {
    const { tick } = sailing()
    const say: Sea = { referee: (world, [sub]) => world.emit('said', {}, { at: sub }) }
    tick(dive)
    expect(tick(say, { referee: turn(false) })).toEqual(['ann'])
    expect(tick(say, dive)).toEqual(['ann', 'bea', 'cid'])
  })

  it('has numbers and ordinals that tell nobody of the events between', () => {
    const { tick, sent } = sailing()
    const many: Rule = (world, [, sub]) => {
      sub.deep = true
      world.emit('said', { n: 1 }, { owner: bea })
      for (let i = 0; i < 5; i++) world.emit('said', { n: 2 }, { at: sub, owner: bea })
      world.emit('said', { n: 3 }, { owner: bea })
    }
    tick({ referee: many })
    const cids = sent().filter(([key]) => key.startsWith('cid'))
    expect(cids.map(([, { number, ordinal, row }]) => [number, ordinal, row.numbers[0]])).toEqual([
      [1, 0, 1],
      [2, 1, 3],
    ])
  })
})

describe('an event to somebody', () => {
  it('leaves the host for them alone: a player, several, the owner, the owner’s team, a team', () => {
    const { tick } = sailing()
    const to = (options: object): string[] => tick({ referee: (world) => world.emit('said', {}, options) })
    expect(to({})).toEqual(['ann', 'bea', 'cid'])
    expect(to({ to: bea })).toEqual(['bea'])
    expect(to({ to: [bea, cid] })).toEqual(['bea', 'cid'])
    expect(to({ to: [] })).toEqual([])
    expect(to({ to: 'owner', owner: cid })).toEqual(['cid'])
    expect(to({ to: 'team', owner: cid })).toEqual(['ann', 'cid'])
    expect(to({ to: { team: 'blue' } })).toEqual(['bea'])
    expect(to({ to: bea, owner: ann })).toEqual(['bea'])
    // A player who has left.
    expect(to({ to: playerId(2, 9) })).toEqual([])
  })

  it('and at an entity is for those who are both named and can see it', () => {
    const { tick } = sailing()
    tick(dive)
    expect(tick({ referee: (world, [sub]) => world.emit('said', {}, { at: sub, to: [ann, bea] }) })).toEqual(['ann'])
  })

  it.each<[object, string]>([
    [{ to: undefined }, 'to is undefined'],
    [{ to: 'everybody' }, 'to is everybody'],
    [{ to: 5 }, 'to is 5'],
    [{ to: [ann, 5] }, '5, which is no player'],
    [{ to: { team: 'green' } }, 'There is no team green'],
    [{ to: 'team' }, 'team of its owner, and it has none'],
    [{ to: 'owner' }, 'its owner, and it has none'],
    [{ at: null }, 'at is null'],
    [{ at: undefined }, 'at is undefined'],
    [{ at: 70_000 }, 'at is 70000'],
    [{ owner: 5 }, 'owner of this said is 5, which is no player'],
  ])('that can be nobody is refused with a sentence, and told to nobody: %o', (options, sentence) => {
    const { host, tick } = sailing()
    expect(tick({ referee: (world) => world.emit('said', {}, options) })).toEqual([])
    expect(String(host.failure?.error)).toContain(sentence)
  })
})

describe('an entity that an event names', () => {
  it('is null for those who cannot see it, in lists too, and stays for the others', () => {
    const { tick, sent } = sailing()
    let ids: number[] = []
    const name: Rule = (world, subs) => {
      subs[0].deep = true
      ids = subs.map(({ id }) => id)
      world.emit('said', { who: ids[0], all: [ids[1], ids[0]] })
    }
    tick({ referee: name })
    const [annas, beas] = ids
    expect(payloads(sent())).toEqual({
      ann: { n: 0, who: annas, all: [beas, annas] },
      bea: { n: 0, who: null, all: [beas, null] },
      cid: { n: 0, who: null, all: [beas, null] },
    })
  })

  it('and is gone by then stays one for those who saw it', () => {
    const { tick, sent } = sailing()
    let ids: number[] = []
    tick({
      referee: (world, subs) => {
        ids = subs.map(({ id }) => id)
        subs[1].deep = true
        world.remove(subs[0])
        world.remove(subs[1])
      },
    })
    tick({ referee: (world) => world.emit('said', { who: ids[0], all: [ids[1]] }) })
    expect(payloads(sent())).toEqual({
      ann: { n: 0, who: ids[0], all: [null] },
      bea: { n: 0, who: ids[0], all: [ids[1]] },
      cid: { n: 0, who: ids[0], all: [null] },
    })
  })
})

describe('an event with an owner', () => {
  it('keeps them when referee emits it', () => {
    const { tick, sent } = sailing()
    tick({ referee: (world) => world.emit('said', {}, { owner: bea }) })
    expect(sent().map(([, { owner }]) => owner)).toEqual([bea, bea, bea])
  })

  /** Bea's page and the host, over a perfect link, with the same rules; what she hears. */
  function playing(rules: Sea, ticks: number): [string, unknown, boolean][] {
    act = rules
    const host = new HostSession({ game: sea, seed: 1, secret: [1, 2, 3, 4], epoch: 1 })
    const client = new ClientSession({ game: sea, me: bea, seed: 1, epoch: 1 })
    host.advance(0)
    host.join(ann)
    host.join(bea)
    const heard: [string, unknown, boolean][] = []
    for (let i = 1; i <= ticks; i++) {
      const now = (i * 1000) / 60
      host.advance(now)
      for (const { player, bytes } of sendAll(host, now)) {
        if (player === bea) client.receive(bytes, now)
      }
      client.advance(now)
      client.view(now)
      const bytes = client.outgoing(now)
      if (bytes) {
        client.sent(now, bytes.length)
        host.receive(bea, bytes, now)
      }
      for (const { name, payload, denied } of client.events()) heard.push([name, payload.n, denied])
    }
    expect(host.failure).toBe(null)
    return heard
  }

  it('and predicted by them is heard once, whomever else it is for', () => {
    for (const options of [
      {},
      { at: true },
      { to: 'owner' },
      { to: 'team' },
      { to: [bea] },
      { to: { team: 'blue' } },
    ]) {
      const ping: Rule = (world, subs) => {
        const at = 'at' in options ? { at: subs.find(({ owner }) => owner === bea) } : {}
        if (world.tick === 60) world.emit('ping', { n: 1 }, { ...options, ...at, owner: bea })
      }
      const hide: Rule = (_, subs) => {
        for (const sub of subs) sub.deep = true
      }
      expect(playing({ step: ping, referee: hide }, 120)).toEqual([['ping', 1, false]])
    }
  })

  it('and for others alone is not heard by them: neither predicted nor taken back', () => {
    const ping: Rule = (world) => {
      if (world.tick === 60) world.emit('ping', { n: 1 }, { owner: bea, to: ann })
      // What is counted on the way does not make the next one another than the host's.
      if (world.tick === 60) world.emit('ping', { n: 2 }, { owner: bea })
    }
    expect(playing({ step: ping }, 120)).toEqual([['ping', 2, false]])
  })

  it('from referee, of a type that they predict, is not taken for a prediction of theirs', () => {
    const step: Rule = (world) => {
      if (world.predicting !== null && world.tick === 60) world.emit('ping', { n: 1 }, { owner: bea })
    }
    const referee: Rule = (world) => {
      if (world.tick === 60 || world.tick === 66) world.emit('ping', { n: world.tick }, { owner: bea })
    }
    const heard = playing({ step, referee }, 120)
    expect(heard.sort()).toEqual([
      ['ping', 1, false],
      ['ping', 1, true],
      ['ping', 60, false],
      ['ping', 66, false],
    ])
  })
})
