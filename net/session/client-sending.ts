/**
 * What a client sends: one packet a tick at most, with all inputs that the host has not acked, the ack of its snapshots, and open
 * commands. In go ticks that ran, acks and rebases. Out come packets, as bytes.
 *
 * A lost packet is never resent: the next one holds the same inputs again.
 */
import { Uplink } from '../congestion/uplink.ts'
import { type CommandRequest, encodeInputs, MAX_INPUTS, type SnapshotAck } from '../wire/inputs.ts'
import { encodePacket, PacketKind } from '../wire/packet.ts'
import type { SnapshotHead } from '../wire/snapshot-head.ts'
import type { AnyGame } from '../world/game.ts'
import { initialNumbers, type Row } from '../world/record.ts'
import { RESEND_SECONDS } from './limits.ts'

/** What the client's session has to say at a time. */
export interface Outgoing {
  readonly epoch: number
  readonly prediction: { readonly tick: number; inputsAfter(acked: number, most: number): Row[] }
  /** Whether the client gives inputs: it has the first snapshot, and is no spectator. */
  readonly predicts: boolean
  /** The tick, with its fraction, that others are drawn at. */
  readonly presentationTick: number
  readonly rttMs: number
  readonly ack: SnapshotAck | null
  readonly eventAck: number
  readonly resultAck: number
  readonly commands: readonly CommandRequest[]
}

export class ClientSending {
  uplink: Uplink
  private readonly game: AnyGame
  private readonly keepTicks: number
  private readonly resendTicks: number
  /** The newest input that the host is known to have. */
  private inputAck = 0
  /** The tick that ran and was not sent yet. */
  private dueTick: number | null = null
  /** Calls of `ticked` since a rebase, until a snapshot comes; null after that. */
  private callsSinceRebase: number | null = null
  /** A snapshot has come that was not acked yet. */
  private ackDue = false

  /** Inputs are kept for `keepTicks`. */
  constructor(game: AnyGame, keepTicks: number) {
    this.game = game
    this.keepTicks = keepTicks
    this.resendTicks = Math.max(1, Math.round(RESEND_SECONDS * game.tickRate))
    this.uplink = this.newUplink()
  }

  private newUplink(): Uplink {
    return new Uplink(this.game.tickRate, this.keepTicks)
  }

  /** Goes on over another link: inputs after `tick` count as not acked, and are sent until a snapshot comes. */
  rebase(tick: number): void {
    this.uplink = this.newUplink()
    this.inputAck = tick
    this.callsSinceRebase = 0
  }

  /** Goes on in another seat, which the host gave at `tick`. */
  reseat(tick: number): void {
    this.uplink = this.newUplink()
    this.inputAck = tick
    this.dueTick = null
    this.callsSinceRebase = null
  }

  /** Once per call of `ClientSession.advance`: the newest tick that ran in it; null when none did. */
  ticked(tick: number | null): void {
    if (tick !== null) this.dueTick = tick
    if (this.callsSinceRebase !== null) this.callsSinceRebase++
  }

  snapshotCame(): void {
    this.ackDue = true
    this.callsSinceRebase = null
  }

  /** A snapshot of `tick` acks inputs. Returns the round trip, ms; null when it cannot be measured; or that it says nothing new. */
  acknowledged(
    now: number,
    tick: number,
    { inputAck, holdMs }: Pick<SnapshotHead, 'inputAck' | 'holdMs'>,
  ): number | null | 'nothing new' {
    if (inputAck === null || inputAck <= this.inputAck) return 'nothing new'
    this.inputAck = inputAck
    return this.uplink.acknowledged(now, { inputAck, holdMs, tick })
  }

  /** The packet that is due; null for none. */
  next(now: number, outgoing: Outgoing): Uint8Array | null {
    if (!outgoing.predicts) return this.bareAck(outgoing)
    const { prediction, epoch } = outgoing
    const resends = this.isResendDue()
    const tick = this.dueTick ?? (resends ? prediction.tick : null)
    if (tick === null) return null
    this.dueTick = null
    if (!resends && !this.uplink.due(now, tick, outgoing.rttMs)) return null
    const inputs = prediction.inputsAfter(Math.max(this.inputAck, tick - MAX_INPUTS), MAX_INPUTS)
    if (inputs.length === 0) return null
    return this.encode(epoch, tick, { ...outgoing, inputs })
  }

  /** A packet of this epoch with all inputs that are kept and no ack; null: there are none. */
  all(epoch: number, prediction: Outgoing['prediction'], presentationTick: number): Uint8Array | null {
    const inputs = prediction.inputsAfter(0, MAX_INPUTS)
    if (inputs.length === 0) return null
    const nothing = { ack: null, eventAck: 0, resultAck: 0, commands: [] }
    return this.encode(epoch, prediction.tick, { ...nothing, presentationTick, inputs })
  }

  /**
   * After a rebase the new host may need the inputs since its tick. They are sent again and again until a snapshot comes, though
   * the client may be as far ahead as it is allowed to be, and run no ticks.
   */
  private isResendDue(): boolean {
    const calls = this.callsSinceRebase
    return calls !== null && calls % this.resendTicks === 1 % this.resendTicks
  }

  /**
   * Without inputs, snapshots still have to be acked, or the host sends the same ones for ever. The packet holds the neutral
   * input of tick 0, which ran before anybody joined. A spectator sends nothing else.
   */
  private bareAck(outgoing: Outgoing): Uint8Array | null {
    if (!this.ackDue) return null
    this.ackDue = false
    const inputs = [{ numbers: initialNumbers(this.game.schema.input), objects: [] }]
    return this.encode(outgoing.epoch, 0, { ...outgoing, presentationTick: 0, inputs, commands: [] })
  }

  private encode(epoch: number, tick: number, packet: Parameters<typeof encodeInputs>[2]): Uint8Array {
    return encodePacket({ kind: PacketKind.input, epoch, tick, body: encodeInputs(this.game, tick, packet) })
  }
}
