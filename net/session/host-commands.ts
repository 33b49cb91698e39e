/**
 * Commands at the host: each is received once, in the order of its number, waits for the next tick, and is answered after it.
 * Results wait at the client (`HostClient.results`) until it acks them.
 */
import type { CommandRequest } from '../wire/inputs.ts'
import type { PendingCommand } from '../world/pending-commands.ts'
import { initialNumbers, initialObjects } from '../world/record.ts'
import type { World } from '../world/world.ts'
import type { HostClient } from './host-client.ts'
import { MAX_OPEN_RESULTS } from './limits.ts'

/** A command that waits for its tick, and who sent it. */
export type WaitingCommand = PendingCommand & { readonly client: HostClient }

export class HostCommands {
  private waiting: WaitingCommand[] = []

  /** A client repeats its commands in every packet until they are acked. Each is taken once, and none before the one before it. */
  receive(client: HostClient, { id, type, row }: CommandRequest): void {
    const open = client.results.length + this.countOf(client)
    if (id !== client.commandAck + 1 || open >= MAX_OPEN_RESULTS) return
    client.commandAck = id
    this.waiting.push({ client, type, from: client.player, id, row, reply: null })
  }

  /** How many commands of a client wait for the next tick. */
  countOf(client: HostClient): number {
    let count = 0
    for (const command of this.waiting) if (command.client === client) count++
    return count
  }

  /** The commands of the tick that runs now. */
  startTick(): readonly WaitingCommand[] {
    const { waiting } = this
    this.waiting = []
    return waiting
  }

  /** After their tick: gives each client the replies of the rules, or the result's default where the rules did not reply. */
  answer(commands: readonly WaitingCommand[], { pending, tick }: World): void {
    for (const { client, id, type } of commands) {
      const reply = pending.find((command) => command.id === id && command.from === client.player)?.reply
      const row = reply ?? { numbers: initialNumbers(type.result), objects: initialObjects(type.result) }
      client.results.push({ id, type, row, tick })
    }
  }
}
