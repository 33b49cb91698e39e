import { command, defineGame, t } from 'starwire'
import { describe, expect, it } from 'vitest'
import { ClientCommands } from '../../../net/session/client-commands.ts'
import { MAX_COMMANDS } from '../../../net/wire/inputs.ts'
import type { WireResult } from '../../../net/wire/snapshots.ts'

const game = defineGame({
  id: 'shop',
  version: 1,
  maxPlayers: 2,
  input: {},
  entities: {},
  commands: { buy: command({ price: t.int(0, 100) }, { result: t.int(0, 9999) }) },
  step() {},
  referee() {},
})
const type = game.schema.commands[0]!
const row = (value: number) => ({ numbers: Float64Array.of(value), objects: [] })
const result = (id: number): WireResult => ({ id, type, row: row(id) })

/** A page that has asked so many times, and whose host has `acked` of them and told so many results. */
function asked(times: number, acked: number, told: number) {
  const commands = new ClientCommands()
  commands.snapshot(0, [])
  for (let i = 0; i < times; i++) commands.request(type, row(i))
  commands.snapshot(
    acked,
    Array.from({ length: told }, (_, i) => result(1 + i)),
  )
  commands.drainResults()
  return commands
}
const sent = (commands: ClientCommands) => commands.outgoing().commands.map(({ id, row }) => [id, row.numbers[0]])
const results = (commands: ClientCommands) => commands.drainResults().map(({ id }) => id)

describe('commands over a change of host', () => {
  it('that ran before its tick are answered, and sent to nobody again', () => {
    const commands = asked(3, 3, 0)
    commands.changeHost()
    expect(sent(commands)).toEqual([])
    commands.snapshot(3, [result(1), result(2), result(3)])
    expect(sent(commands)).toEqual([])
    expect(results(commands)).toEqual([1, 2, 3])
    expect(commands.drainLost()).toEqual([])
  })

  it('that the old host had, but after its tick, ran nowhere: the new host is sent them', () => {
    const commands = asked(3, 3, 0)
    commands.changeHost()
    commands.snapshot(1, [result(1)])
    expect(results(commands)).toEqual([1])
    expect(sent(commands)).toEqual([
      [2, 1],
      [3, 2],
    ])
  })

  it('follow those that were answered after its tick, in the new host’s count', () => {
    // Three were answered, and the new host knows of one of them.
    const commands = asked(4, 3, 3)
    commands.changeHost()
    expect(commands.outgoing().resultAck).toBe(0)
    commands.snapshot(1, [])
    expect(sent(commands)).toEqual([[2, 3]])
    expect(commands.outgoing().resultAck).toBe(1)
    commands.snapshot(2, [result(2)])
    expect(results(commands)).toEqual([4])
  })

  it('are given up when the host says that it has more than were ever asked for', () => {
    const commands = asked(2, 0, 0)
    commands.changeHost()
    commands.snapshot(7, [])
    expect(commands.drainLost()).toEqual([1, 2])
    commands.request(type, row(9))
    expect(sent(commands)).toEqual([[8, 9]])
  })

  it('survive two hosts in a row, of which the first says nothing', () => {
    const commands = asked(2, 2, 0)
    commands.changeHost()
    commands.changeHost()
    commands.snapshot(1, [])
    expect(sent(commands)).toEqual([[2, 1]])
  })

  it('are given up with a lost link, and those after it are sent', () => {
    const commands = asked(2, 1, 0)
    commands.giveUp()
    expect(commands.drainLost()).toEqual([1, 2])
    commands.rebase()
    commands.request(type, row(5))
    commands.snapshot(0, [])
    expect(sent(commands)).toEqual([[1, 5]])
  })

  it('are never more in one packet than the wire holds', () => {
    const commands = asked(MAX_COMMANDS, MAX_COMMANDS, 0)
    for (let i = 0; i < MAX_COMMANDS; i++) expect(commands.request(type, row(i))).not.toBeNull()
    expect(commands.request(type, row(0))).toBeNull()
    commands.changeHost()
    commands.snapshot(0, [])
    expect(sent(commands).length).toBe(MAX_COMMANDS)
  })
})
