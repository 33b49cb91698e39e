/** The chat's messages on the bulk lane: schemas for `messages.ts`. */
import * as v from 'valibot'
import { isPlayerId, type PlayerId } from '../../world/ids.ts'
import { cleanName, MAX_NAME_BYTES } from '../names.ts'
import { MAX_HISTORY } from './chat-history.ts'
import { cleanChat, MAX_CHAT_UNITS } from './chat-text.ts'

const player = v.custom<PlayerId>(isPlayerId)
const counted = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(Number.MAX_SAFE_INTEGER))
const text = v.pipe(v.string(), v.maxLength(MAX_CHAT_UNITS))

const common = {
  id: counted,
  /** ms since 1970. */
  time: counted,
  // Cleaned again: an honest host has done so, a hostile one has not.
  name: v.pipe(
    v.string(),
    v.maxLength(MAX_NAME_BYTES),
    v.transform((name) => (name === '' ? '' : cleanName(name))),
  ),
}

const chatText = v.strictObject({
  kind: v.literal('text'),
  ...common,
  player,
  text: v.pipe(text, v.transform(cleanChat)),
})

const chatSystem = v.strictObject({
  kind: v.literal('system'),
  ...common,
  what: v.picklist(['joined', 'left', 'kicked', 'match-started', 'match-over', 'settings-changed']),
  player: v.nullable(player),
})

/** From a guest: what their player says. The host cleans it. */
export const say = v.strictObject({ kind: v.literal('say'), text })

/** From the host, to the guest who said it: this text was not told to anybody, and why. */
export const unsaid = v.strictObject({
  kind: v.literal('unsaid'),
  text,
  refusal: v.picklist(['vetoed', 'too-fast']),
})

/** From the host: one new message, or the whole history for a guest who comes or comes back; the oldest first. */
export const chat = v.strictObject({
  kind: v.literal('chat'),
  messages: v.pipe(v.array(v.union([chatText, chatSystem])), v.maxLength(MAX_HISTORY)),
})
