/**
 * A client's commands and their results. A command is sent with every packet until the host has it; the host runs each
 * once, in the order of its number, and repeats a result until the client has it.
 *
 * A page numbers its commands from 1 and never again. The host has a count of its own, which may begin anew when the client
 * is seated again or another host goes on: the first snapshot after that says where it stands.
 */

import { type CommandRequest, MAX_COMMANDS } from '../wire/inputs.ts'
import type { WireResult } from '../wire/snapshots.ts'
import type { CommandType } from '../world/game.ts'
import { plainValues, type Row } from '../world/record.ts'

export interface CommandResult {
  /** The page's number of the command. */
  readonly id: number
  readonly result: unknown
}

export class ClientCommands {
  /** Not known to have reached the host, by the page's numbers. */
  private open: CommandRequest[] = []
  private next = 1
  /** The first command since the numbers were last told apart. */
  private first = 1
  /** The host's number of a command, less the page's; null while that is not known, and nothing is sent. */
  private shift: number | null = 0
  /** All results up to this number, by the host's count, have been received. */
  private received = 0
  private results: CommandResult[] = []

  /** Returns the page's number of the command; null when too many are open. */
  request(type: CommandType, row: Row): number | null {
    if (this.open.length >= MAX_COMMANDS) return null
    const id = this.next++
    this.open.push({ id, type, row })
    return id
  }

  /** A snapshot tells that the host has all commands up to `commandAck`, and these results. */
  snapshot(commandAck: number, results: readonly WireResult[]): void {
    if (this.shift === null) {
      this.shift = commandAck + 1 - this.first
      this.received = commandAck
    }
    const { shift } = this
    this.open = this.open.filter(({ id }) => id + shift > commandAck)
    for (const { id, type, row } of results) {
      if (id !== this.received + 1) continue
      this.received = id
      this.results.push({ id: id - shift, result: plainValues(type.result, row).result })
    }
  }

  /** Forgets every command without a result: whether the host ran it is not known, so it is not sent again. */
  rebase(): void {
    this.open = []
    this.results = []
    this.first = this.next
    this.shift = null
    this.received = 0
  }

  /** What goes into the next packet. */
  outgoing(): { readonly commands: readonly CommandRequest[]; readonly resultAck: number } {
    const { open, shift, received } = this
    if (shift === null) return { commands: [], resultAck: received }
    const commands = shift === 0 ? open : open.map((command) => ({ ...command, id: command.id + shift }))
    return { commands, resultAck: received }
  }

  /** Results that were not taken yet, each once. */
  drainResults(): CommandResult[] {
    return this.results.splice(0)
  }
}
