import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Simulation, simulate } from '../../../net/testing.ts'
import { type Yard, yard } from '../lobby/support.ts'

afterEach(() => vi.restoreAllMocks())

function play(): { match: Simulation<Yard>; guest: Simulation<Yard>['clients'][number] } {
  const match = simulate(yard, { players: 2 })
  match.run(500)
  return { match, guest: match.clients[1]! }
}

describe('a client’s runner', () => {
  it('refuses names that the game does not have, with those it has', () => {
    const { guest } = play()
    expect(() => guest.session.on('rang' as never, () => {})).toThrow('There is no event "rang". The game has rung.')
    expect(() => guest.runner.command('ping', {})).toThrow('There is no command "ping". The game has ring.')
    expect(() => guest.session.input({ y: 1 } as never)).toThrow('The input has no field "y". It has x.')
    expect(() => guest.view().all('tokens' as never)).toThrow('There is no entity type "tokens". The game has token.')
  })

  it('refuses to be listened to by what is no function', () => {
    const { guest } = play()
    const { session } = guest
    for (const heard of [undefined, null, 'f'] as never[])
      for (const name of ['rung', 'diverged'] as never[])
        expect(() => session.on(name, heard)).toThrow(/^on: what listens to "(rung|diverged)" is .*Write a function/)
    expect(() => session.on('rung', () => {}, 5 as never)).toThrow(/"rung" is 5/)
  })

  it('sends an heir’s ack over a link that is busy with inputs, and the newest one', () => {
    const { match, guest } = play()
    const acks = [1, 2, 3].map((tick) => Uint8Array.of(tick))
    guest.runner.heir = { outgoing: () => acks.shift() ?? null } as never
    const { link } = guest.runner
    const send = link.send.bind(link)
    const said: number[] = []
    let takes = true
    // One packet in each other tick, and the inputs come first.
    link.send = (lane, bytes) => {
      if (!takes) return 'skipped'
      takes = false
      if (bytes.length === 1) said.push(bytes[0]!)
      return send(lane, bytes)
    }
    for (let tick = 0; tick < 60; tick++) {
      if (tick % 2 === 0) takes = true
      match.run(1000 / 60)
    }
    expect(said).toEqual([3])
  })

  it('answers every command once, in order, also when many are asked at once', async () => {
    const { match, guest } = play()
    const answers: number[] = []
    for (let times = 0; times < 32; times++)
      void guest.session.command('ring', { times }).then((answer) => answers.push(answer))
    await expect(guest.session.command('ring', { times: 1 })).rejects.toThrow(/Too many commands are open/)
    match.run(1000)
    await new Promise((resolve) => setImmediate(resolve))
    expect(answers).toEqual(Array.from({ length: 32 }, (_, times) => times * 2))
  })

  it('shows what a listener throws, and tells the others', async () => {
    const shown = vi.spyOn(console, 'error').mockImplementation(() => {})
    const { match, guest } = play()
    const heard: number[] = []
    guest.session.on('rung', () => {
      throw new Error('in a listener')
    })
    guest.session.on('rung', ({ by }) => heard.push(by ?? 0))
    void guest.session.command('ring', { times: 1 })
    match.run(500)
    expect(heard).toEqual([guest.me])
    expect(shown).toHaveBeenCalledOnce()
  })

  it('is over at the first reason, and hears nothing after', async () => {
    const { match, guest } = play()
    const asked = guest.session.command('ring', { times: 1 })
    guest.runner.finish('kicked')
    guest.runner.finish('host-left')
    await expect(asked).rejects.toMatchObject({ reason: 'kicked' })
    expect(await guest.session.ended).toBe('kicked')
    const { tick } = guest.session.stats()
    match.run(500)
    expect(guest.session.stats().tick).toBe(tick)
    await expect(guest.session.command('ring', { times: 1 })).rejects.toMatchObject({ name: 'StarwireError' })
  })
})
