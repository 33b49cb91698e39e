/** Bots in the lobby: the host seats them, everybody sees what they are, they play in a match, and people go first. */
import { describe, expect, it } from 'vitest'
import { newMinds } from '../../../../net/bots/bot-minds.ts'
import { decodeHostMessage, encodeMessage } from '../../../../net/lobby/messages.ts'
import { playerId } from '../../../../net/world/ids.ts'
import { hunt } from '../../bots/hunt.ts'
import { openTableOf, settle } from '../support.ts'

const open = () => openTableOf(hunt, { newMinds })

describe('a bot in the lobby', () => {
  it('is seated by the host, is ready, and is a bot to everybody, with its kind and skill', async () => {
    const { lobby, join } = open()
    const bea = await join('Bea')
    expect(lobby.addBot('runner', { name: 'Ace', skill: 0.75 })).toBe(null)
    expect(lobby.addBot('runner')).toBe(null)
    await settle()
    const [ace, other] = bea.roster.slice(2)
    expect(ace).toMatchObject({ name: 'Ace', ready: true, host: false, bot: { kind: 'runner', skill: 0.75 } })
    expect(other).toMatchObject({ name: 'runner', bot: { kind: 'runner', skill: 0.5 } })
    expect(bea.roster.slice(0, 2).map(({ bot }) => bot)).toEqual([null, null])
    expect(lobby.addBot('runner')).toBe('full')
    expect(lobby.kick(ace!.id)).toBe(null)
    await settle()
    expect(bea.roster.map(({ name }) => name)).toEqual(['Ann', 'Bea', 'runner'])
  })

  it('comes and goes without a line in the chat, which is for people, also when it gives way to one', async () => {
    const { lobby, join } = open()
    for (const name of ['One', 'Two', 'Three']) lobby.addBot('runner', { name })
    const bea = await join('Bea')
    lobby.kick(lobby.roster.find(({ name }) => name === 'One')!.id)
    await settle()
    expect(bea.roster.map(({ name }) => name)).toEqual(['Ann', 'Two', 'Bea'])
    for (const page of [lobby, bea]) expect(page.chat.map(({ name }) => name)).toEqual(['Bea'])
  })

  it('is the host’s to add: a guest is refused, a wrong kind, name or skill is told with a sentence', async () => {
    const { lobby, join } = open()
    const bea = await join('Bea')
    expect(bea.addBot('runner')).toBe('not-host')
    expect(() => lobby.addBot('nobody' as never)).toThrow('hunt declares no bot "nobody". It has runner, clumsy, odd')
    expect(() => lobby.addBot('runner', { skill: 1.5 })).toThrow(RangeError)
    expect(() => lobby.addBot('runner', { name: 5 as never })).toThrow(TypeError)
    expect(() => lobby.addBot('runner', { power: 1 } as never)).toThrow('power')
    lobby.leave()
    expect(lobby.addBot('runner')).toBe('ended')
  })

  it('gives its seat to a person who comes when all are taken, the last one first', async () => {
    const { lobby, join } = open()
    for (const name of ['One', 'Two', 'Three']) lobby.addBot('runner', { name })
    const bea = await join('Bea')
    expect(bea.roster.map(({ name }) => name)).toEqual(['Ann', 'One', 'Two', 'Bea'])
    await join('Cleo')
    await join('Dan')
    expect(lobby.roster.map(({ name }) => name)).toEqual(['Ann', 'Bea', 'Cleo', 'Dan'])
    await expect(join('Eve')).rejects.toMatchObject({ reason: 'full' })
  })

  it('plays in the match, also when it is added or removed meanwhile, and in the next one', async () => {
    const { lobby, clock } = open()
    lobby.addBot('runner', { name: 'Ace' })
    lobby.start()
    const session = await lobby.session()
    await clock.tick(30)
    lobby.addBot('runner', { name: 'Late' })
    await clock.tick(30)
    const hunters = () => session.world().entities.filter(({ type }) => type === 'hunter')
    expect(hunters()).toHaveLength(3)
    expect(Number(hunters().find(({ fields }) => Number(fields.x) > 120)?.fields.x)).toBeGreaterThan(120)
    lobby.kick(lobby.roster.find(({ name }) => name === 'Ace')!.id)
    await clock.tick(6)
    expect(hunters()).toHaveLength(2)
    lobby.finish()
    lobby.start()
    const next = await lobby.session()
    await clock.tick(12)
    expect(next.world().entities.filter(({ type }) => type === 'hunter')).toHaveLength(2)
    lobby.leave()
  })

  it('joins the match at its place in the roster, so that rules deal what the lobby has shown', async () => {
    const { lobby, join, clock } = open()
    // Of the four, these two shoot.
    lobby.addBot('runner', { name: 'Ace', skill: 1 })
    await join('Bea')
    lobby.addBot('runner', { name: 'Late', skill: 1 })
    lobby.start()
    const session = await lobby.session()
    await clock.tick(6)
    const hunters = session.world().entities.filter(({ type }) => type === 'hunter')
    expect(lobby.roster.map(({ name }) => name)).toEqual(['Ann', 'Ace', 'Bea', 'Late'])
    expect(hunters.map(({ fields }) => Number(fields.shots) > 0)).toEqual([false, true, false, true])
    lobby.leave()
  })

  it('of a hostile host is no message when its skill or kind is none', () => {
    const member = {
      id: playerId(0, 1),
      name: 'X',
      host: false,
      ready: true,
      presence: 'here',
      choice: {},
      data: null,
      spectator: false,
    }
    const told = (bot: unknown) =>
      decodeHostMessage(encodeMessage({ kind: 'member', member: { ...member, bot } } as never))
    expect(told({ kind: 'ace', skill: 1 })).not.toBe(null)
    for (const bot of ['ace', { kind: 'ace' }, { kind: 'ace', skill: 2 }, { kind: 'a'.repeat(65), skill: 0 }])
      expect(told(bot)).toBe(null)
  })
})
