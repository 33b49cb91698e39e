/**
 * What the pages of a lobby say about its change of host: guests to the host, the host to guests, and on idle links heirs and guests to
 * each other. All of it may come from hostile pages.
 */
import * as v from 'valibot'
import { closeMessage, openMessage } from '../../wire/bulk-message.ts'
import { isPlayerId, MAX_SEATS, MAX_TICK, type PlayerId } from '../../world/ids.ts'

const player = v.custom<PlayerId>(isPlayerId)
/** Null: a host without a player. */
const voter = v.nullable(player)
/** A player in every seat, and a host without one. */
const voters = v.pipe(v.array(voter), v.maxLength(MAX_SEATS + 1))
const whole = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 32 - 1))
const epoch = v.pipe(whole, v.minValue(1))

/** Longest text by which two pages connect: an offer with some candidates. */
export const MAX_PEER_SIGNAL = 16 * 1024
/** Heirs that are named at once. */
const MAX_HEIRS = 4
/** Longest right to a code, in characters: a lobby server signs some 150. */
const MAX_RIGHT_LENGTH = 512
/** Longest message over an idle link, in bytes. */
const MAX_PEER_MESSAGE_BYTES = 512
/** Of all messages in here, in bytes. */
export const MAX_MIGRATION_MESSAGE_BYTES = MAX_PEER_SIGNAL + 256

/** A text by which a guest and an heir connect. `attempt` rises with each connection that the guest begins, from a number by chance. */
const peerSignal = { attempt: whole, text: v.pipe(v.string(), v.maxLength(MAX_PEER_SIGNAL)) }

/** `roster`: the version of the voters. */
const electionMessage = v.variant('type', [
  v.strictObject({ type: v.literal('claim'), epoch, roster: whole }),
  v.strictObject({ type: v.picklist(['vote', 'lives', 'withdrawn', 'promised']), epoch }),
  v.strictObject({ type: v.literal('hosting'), epoch, host: voter, fork: v.boolean() }),
  v.strictObject({ type: v.literal('claimed'), epoch, by: voter }),
])

/** What every page says to those that it has a link to: guests and host to each other, and guests to heirs. */
const peerMessages = {
  /**
   * This page lives, in this epoch. `version`: of the voters that it knows. `silent`: for so long it has heard nothing of the host, ms.
   * `at`: from the host, the time on its page, ms; from the others, that of the host's newest beat that has come, 0 before one.
   */
  beat: v.strictObject({ kind: v.literal('beat'), epoch, version: whole, silent: whole, at: whole }),
  election: v.strictObject({ kind: v.literal('election'), message: electionMessage }),
}

export const guestMigrationMessages = {
  ...peerMessages,
  /** What the guest's page is like, as an heir. `headless`: a process without a screen. `reluctant`: a phone, a connection that is paid by the byte, or too slow for the match. `warm`: it has loaded what hosting takes. */
  page: v.strictObject({
    kind: v.literal('page'),
    mayHost: v.boolean(),
    headless: v.boolean(),
    warm: v.boolean(),
    visible: v.boolean(),
    reluctant: v.boolean(),
    /** To how many others it has idle links. */
    links: v.pipe(whole, v.maxValue(MAX_SEATS)),
  }),
  /** To an heir, or from one to a guest: the host passes it on. */
  toPeer: v.strictObject({ kind: v.literal('toPeer'), to: player, ...peerSignal }),
}

export const hostMigrationMessages = {
  ...peerMessages,
  /**
   * Who votes, by version, and who the warm heirs are, the first in rank first. `before`: the voters of the version before, in whom a
   * quorum is needed, too; null: that change is over.
   */
  heirs: v.strictObject({
    kind: v.literal('heirs'),
    version: whole,
    voters,
    before: v.nullable(voters),
    heirs: v.pipe(v.array(player), v.maxLength(MAX_HEIRS)),
  }),
  /** To an heir: what it shows to the lobby server. */
  heirKey: v.strictObject({ kind: v.literal('heirKey'), key: v.pipe(v.string(), v.regex(/^[\w-]{16,64}$/)) }),
  /**
   * The host stops and says who goes on, in which epoch. `tick`: the newest of the match that it ran; null: no match runs. `leaves`: it
   * does not come back to its seat. `right`: to the heir alone, its right to the code at the lobby server.
   */
  handover: v.strictObject({
    kind: v.literal('handover'),
    epoch,
    heir: player,
    tick: v.nullable(v.pipe(whole, v.maxValue(MAX_TICK))),
    leaves: v.boolean(),
    right: v.nullable(v.pipe(v.string(), v.maxLength(MAX_RIGHT_LENGTH))),
  }),
  fromPeer: v.strictObject({ kind: v.literal('fromPeer'), from: player, ...peerSignal }),
}

export const MIGRATION_KINDS = {
  page: 100,
  toPeer: 101,
  beat: 102,
  election: 103,
  heirs: 104,
  heirKey: 105,
  handover: 106,
  fromPeer: 107,
} as const

export type GuestMigrationMessage = v.InferOutput<(typeof guestMigrationMessages)[keyof typeof guestMigrationMessages]>
export type HostMigrationMessage = v.InferOutput<(typeof hostMigrationMessages)[keyof typeof hostMigrationMessages]>
export type GuestPage = Omit<Extract<GuestMigrationMessage, { kind: 'page' }>, 'kind'>
export type Handover = Extract<HostMigrationMessage, { kind: 'handover' }>

export type PeerMessage = v.InferOutput<(typeof peerMessages)[keyof typeof peerMessages]>

export function closePeerMessage(message: PeerMessage): Uint8Array {
  return closeMessage(MIGRATION_KINDS, message)
}

/** A message over an idle link; null for bytes that are none. */
export function openPeerMessage(bytes: Uint8Array): PeerMessage | null {
  const opened = bytes.length > MAX_PEER_MESSAGE_BYTES ? null : openMessage(MIGRATION_KINDS, bytes)
  const schema =
    opened && Object.hasOwn(peerMessages, opened.kind) ? peerMessages[opened.kind as keyof typeof peerMessages] : null
  const checked =
    schema && v.safeParse(schema as v.GenericSchema<unknown, PeerMessage>, { ...opened?.contents, kind: opened?.kind })
  return checked?.success ? checked.output : null
}

/** Whether bytes claim to be about migration. The kind is their second byte. These messages have budgets of their own. */
export function isMigrationMessage(bytes: Uint8Array): boolean {
  const kind = bytes[1] ?? 0
  return kind >= MIGRATION_KINDS.page && kind < 112
}
