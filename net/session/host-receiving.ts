/**
 * What the host receives: packets of clients go in; their acks, inputs and commands are noted at the client. Packets that no
 * honest client sends are dropped and counted. A client that sends too many of them is hostile.
 */
import { decodeInputs, type InputPacket } from '../wire/inputs.ts'
import { countDefect, type Defect, type DefectCounts, decodePacket, isDefect, PacketKind } from '../wire/packet.ts'
import type { AnyGame } from '../world/game.ts'
import type { HostClient } from './host-client.ts'
import type { HostCommands } from './host-commands.ts'
import { MAX_EPOCH_STEP, MAX_MALFORMED, MAX_NEXT_EPOCH_SECONDS, MAX_STRAY_INPUT_SECONDS } from './limits.ts'

/** The host's time when a packet came. */
export interface ArrivalTime {
  readonly now: number
  /** The host's tick, with its fraction. */
  readonly hostTick: number
  /** Whether the host stands still: its packets have waited, and measure nothing. */
  readonly stalled: boolean
}

export class HostReceiving {
  /** Packets that no honest client sends, by kind of defect. */
  readonly malformed: DefectCounts = {}
  /** Packets of an earlier match or host, or of one that follows: dropped, and nobody's fault. */
  otherEpoch = 0
  private readonly game: AnyGame
  private readonly epoch: number
  private readonly commands: HostCommands

  constructor(game: AnyGame, epoch: number, commands: HostCommands) {
    this.game = game
    this.epoch = epoch
    this.commands = commands
  }

  /** Reads bytes of the state lane. False when the client is hostile: drop it. */
  receive(client: HostClient, bytes: Uint8Array, time: ArrivalTime): boolean {
    const packet = decodePacket(bytes)
    if (isDefect(packet) || packet.kind !== PacketKind.input) return this.countMalformed(client, 'packet')
    if (packet.epoch !== this.epoch) return this.countOtherEpoch(client, packet.epoch)
    client.nextEpoch = 0
    const inputs = decodeInputs(this.game, packet.tick, packet.body)
    if (isDefect(inputs)) return this.countMalformed(client, inputs)
    if (client.spectates && (packet.tick > 0 || inputs.commands.length > 0)) return this.countStray(client)
    this.noteAcks(client, inputs, time.now)
    if (!client.spectates) this.noteInputs(client, packet.tick, inputs, time)
    return true
  }

  /** The client has these snapshots, events and results. */
  private noteAcks(client: HostClient, { ack, eventAck, resultAck }: InputPacket, now: number): void {
    if (ack) {
      client.baselines.acknowledge(ack, now)
      client.downlink.acknowledge(ack, now)
    }
    client.events = client.events.filter(({ number }) => number > eventAck)
    client.results = client.results.filter(({ id }) => id > resultAck)
  }

  private noteInputs(
    client: HostClient,
    tick: number,
    packet: InputPacket,
    { now, hostTick, stalled }: ArrivalTime,
  ): void {
    const { newest } = client.inputs
    const seen = client.rewindCheck.believe({
      acked: packet.ack?.sequence ?? null,
      claimed: packet.presentationTick,
      tick,
      hostTime: hostTick,
      stalled,
    })
    client.inputs.receive(tick, packet.inputs, hostTick, seen)
    if (client.inputs.newest !== newest) client.inputArrivedAt = now
    for (const command of packet.commands) this.commands.receive(client, command)
  }

  /**
   * A spectator's page only acks. Inputs that a player's page sent before it became a spectator's are dropped. A page that goes on
   * sending them is hostile.
   */
  private countStray(client: HostClient): boolean {
    client.strayInputs++
    if (client.strayInputs > MAX_STRAY_INPUT_SECONDS * this.game.tickRate)
      return this.countMalformed(client, 'spectator')
    countDefect(this.malformed, 'spectator')
    return true
  }

  /**
   * An honest page that has not heard of a change of host or match sends packets of an earlier epoch. One that heard before
   * this page did sends packets of a later epoch, for some seconds at most: of the next one, or a few on, since some are never used.
   */
  private countOtherEpoch(client: HostClient, epoch: number): boolean {
    if (epoch > this.epoch) client.nextEpoch++
    if (epoch > this.epoch + MAX_EPOCH_STEP || client.nextEpoch > MAX_NEXT_EPOCH_SECONDS * this.game.tickRate)
      return this.countMalformed(client, 'epoch')
    this.otherEpoch++
    return true
  }

  private countMalformed(client: HostClient, defect: Defect): boolean {
    countDefect(this.malformed, defect)
    client.malformed++
    return client.malformed < MAX_MALFORMED
  }
}
