/**
 * A client's commands and their results. A command is sent with every packet until the host has it; the host runs each
 * once, in the order of its number, and repeats a result until the client has it.
 *
 * A page numbers its commands from 1 and never again. The host has a count of its own, which may begin anew when the client is seated
 * again or another host goes on: the first snapshot after that says where it stands. Another host's count tells which of the open
 * commands ran before the tick that it goes on from. Those are answered as ever; the others ran nowhere, so they are sent to it.
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
  /** Without a result, by the page's numbers, oldest first. */
  private open: CommandRequest[] = []
  private next = 1
  /** The host's number of a command, less the page's; null while that is not known, and nothing is sent. */
  private shift: number | null = null
  /** The same with the host before; null: no command that it may have had is open. */
  private shiftBefore: number | null = null
  /** The host has all commands up to this one, by the page's numbers. */
  private acked = 0
  /** All results up to this number, by the host's count, have been received. */
  private received = 0
  private results: CommandResult[] = []
  private lost: number[] = []

  /** Returns the page's number of the command; null when too many are open. */
  request(type: CommandType, row: Row): number | null {
    if (this.unsent.length >= MAX_COMMANDS) return null
    const id = this.next++
    this.open.push({ id, type, row })
    return id
  }

  /** What the host is not known to have. */
  private get unsent(): CommandRequest[] {
    return this.open.filter(({ id }) => id > this.acked)
  }

  /** A snapshot tells that the host has all commands up to `commandAck`, and these results. */
  snapshot(commandAck: number, results: readonly WireResult[]): void {
    const shift = this.shift ?? this.settle(commandAck)
    this.acked = Math.max(this.acked, Math.min(commandAck - shift, this.next - 1))
    for (const { id, type, row } of results) {
      if (id !== this.received + 1) continue
      this.received = id
      const command = id - shift
      if (this.open[0]?.id === command) this.open.shift()
      this.results.push({ id: command, result: plainValues(type.result, row).result })
    }
  }

  /** The first snapshot of a host, or of a seat: where its count stands. Returns the new shift. */
  private settle(commandAck: number): number {
    const first = this.open[0]?.id ?? this.next
    const before = this.shiftBefore
    if (before !== null && commandAck >= first + before && commandAck < this.next + before) {
      // Some of the open commands ran before the tick that the host goes on from.
      this.received = first + before - 1
      this.shift = before
    } else {
      if (before !== null && commandAck >= this.next + before) this.forget()
      this.shift = commandAck + 1 - (this.open[0]?.id ?? this.next)
      this.received = commandAck
    }
    this.acked = commandAck - this.shift
    return this.shift
  }

  /** Forgets every command without a result: whether it ran is not known, so it is not sent again. */
  private forget(): void {
    this.lost.push(...this.open.map(({ id }) => id))
    this.open = []
  }

  /** Another seat, or the same host that counts anew over another link: whether open commands ran is not known. */
  rebase(): void {
    this.forget()
    this.results = []
    this.shiftBefore = null
    this.anew()
  }

  /** Another host goes on. Its first snapshot tells which of the open commands ran. */
  changeHost(): void {
    this.shiftBefore = this.shift ?? this.shiftBefore
    this.anew()
  }

  private anew(): void {
    this.shift = null
    this.received = 0
    this.acked = 0
  }

  /** The link is lost: open commands are given up. */
  giveUp(): void {
    this.forget()
  }

  /** What goes into the next packet. */
  outgoing(): { readonly commands: readonly CommandRequest[]; readonly resultAck: number } {
    const { shift, received } = this
    if (shift === null) return { commands: [], resultAck: 0 }
    const { unsent } = this
    const commands = unsent.length === 0 ? unsent : unsent.slice(0, MAX_COMMANDS)
    if (shift === 0) return { commands, resultAck: received }
    return { commands: commands.map((command) => ({ ...command, id: command.id + shift })), resultAck: received }
  }

  /** Results that were not taken yet, each once. */
  drainResults(): CommandResult[] {
    return this.results.splice(0)
  }

  /** Commands that were given up, or that no host can tell of any more, each once. */
  drainLost(): number[] {
    return this.lost.splice(0)
  }
}
