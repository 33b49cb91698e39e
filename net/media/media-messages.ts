/**
 * What host and guests say of voice and video on the bulk lane: the schemas that lobby/messages.ts checks them with. Media
 * itself never goes over a link of the lobby: each pair of players has a connection of its own, and the host forwards the
 * signals that set it up.
 */
import * as v from 'valibot'
import { isPlayerId, type PlayerId } from '../world/ids.ts'

/**
 * How many take part in voice, and how many in video. Each sends to each: the eighth voice makes 7 × 40 kbit/s of uplink
 * with all headers, and a ninth would be heard by nobody on a slow line.
 */
export const MAX_PARTICIPANTS = 8

/**
 * Longest signal, in UTF-16 units. A description of one sound and one video section has 2,500 to 7,000 characters, the more
 * the more codecs a browser knows; addresses found meanwhile stand in the same text.
 */
export const MAX_SIGNAL_UNITS = 12_000

/** Longest message with a signal, in bytes. Honest signals are ASCII: one byte for each unit. */
export const MAX_SIGNAL_MESSAGE_BYTES = MAX_SIGNAL_UNITS + 100

const player = v.custom<PlayerId>(isPlayerId)
const text = v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_SIGNAL_UNITS))
const participants = v.pipe(v.array(player), v.maxLength(MAX_PARTICIPANTS))

/** From a guest: whether their player takes part in voice and in video from now on. */
export const media = v.strictObject({ kind: v.literal('media'), voice: v.boolean(), video: v.boolean() })

/** From a guest: a text for the page of another participant. */
export const signal = v.strictObject({ kind: v.literal('signal'), to: player, text })

/** From the host: who takes part, in the order in which they joined. A player who asked and is not listed found it full. */
export const participantsMessage = v.strictObject({
  kind: v.literal('participants'),
  voice: participants,
  video: participants,
})

/** From the host: a text that the page of another participant sent to this one. */
export const signalled = v.strictObject({ kind: v.literal('signalled'), from: player, text })

export type MediaRequest = v.InferOutput<typeof media>
export type SignalRequest = v.InferOutput<typeof signal>
export type ParticipantsNews = v.InferOutput<typeof participantsMessage>
export type SignalNews = v.InferOutput<typeof signalled>

/** Who takes part in voice and in video. Plain data: a page that takes the host's place goes on from what it has. */
export type Participants = Pick<ParticipantsNews, 'voice' | 'video'>

export const NOBODY: Participants = { voice: [], video: [] }
