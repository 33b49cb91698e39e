/**
 * What an heir is told of the lobby, in pieces of slow data: the host's state and the rules that the host chose. `piecesOf` makes them on
 * the host's page, `copyFrom` reads them on the heir's. Tokens of seats go as their hashes. The host may lie: every piece is checked.
 */
import * as v from 'valibot'
import type { AnyGame } from '../../world/game.ts'
import { isPlayerId, MAX_SEATS, type PlayerId } from '../../world/ids.ts'
import { readMember } from '../game-values.ts'
import type { HostState } from '../host/host-state.ts'
import { MAX_RESUME_SECONDS, memberSchema, plainValues, tokenForm } from '../messages.ts'
import { hashOf } from './token-hash.ts'

const player = v.custom<PlayerId>(isPlayerId)
const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 32 - 1))
const ms = v.pipe(v.number(), v.minValue(0), v.maxValue(3_600_000))
const mark = v.pipe(v.string(), v.maxLength(200))
const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))
const text = v.pipe(v.string(), v.maxLength(1000))
const list = <T extends v.GenericSchema>(of: T, max: number) => v.pipe(v.array(of), v.maxLength(max))

const listedValue = v.union([v.pipe(v.string(), v.maxLength(400)), v.boolean(), v.pipe(v.number(), v.finite())])
const listed = v.pipe(
  v.objectWithRest({ title: v.pipe(v.string(), v.maxLength(400)) }, listedValue),
  v.check((values) => Object.keys(values).length <= 16),
)

const schemas = {
  roster: v.strictObject({
    maxPlayers: v.pipe(count, v.minValue(1), v.maxValue(MAX_SEATS)),
    playerSeats: v.pipe(count, v.minValue(1), v.maxValue(MAX_SEATS)),
    maxSpectators: v.pipe(count, v.maxValue(MAX_SEATS)),
    members: list(memberSchema, MAX_SEATS),
    generations: list(count, MAX_SEATS),
  }),
  admission: v.strictObject({
    locked: v.boolean(),
    password: v.nullable(v.strictObject({ salt: mark, hash: v.nullable(mark) })),
    bans: list(v.strictObject({ id: count, name: text, text: v.nullable(text), marks: list(mark, 16) }), 200),
    kicks: list(v.strictObject({ mark, leftMs: ms }), 1000),
    formerCodes: list(mark, 16),
  }),
  reservations: list(v.strictObject({ player, tokens: list(hash, 4) }), MAX_SEATS),
  marks: list(
    v.tuple([
      player,
      v.strictObject({
        browser: v.nullable(mark),
        former: v.exactOptional(list(mark, 16)),
        address: v.nullable(mark),
      }),
    ]),
    MAX_SEATS,
  ),
  /** As `lobby.list` was given it. It is checked again when this page lists the lobby. */
  listing: v.strictObject({ listed: v.nullable(listed) }),
  rules: v.strictObject({
    resumeSeconds: v.pipe(count, v.maxValue(MAX_RESUME_SECONDS)),
    fairHost: v.boolean(),
    /** Whether players may send files, and how large. */
    maxFileBytes: v.nullable(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
    gameOptions: plainValues,
  }),
}
type Schemas = typeof schemas
type Piece = keyof Schemas

/** What the host chose when it made the lobby. */
export type LobbyRules = v.InferOutput<Schemas['rules']>

/** The lobby as its host knows it. */
export interface LobbyCopy {
  readonly state: HostState
  readonly rules: LobbyRules
}

/** The checks of all pieces, as an heir's receiver takes them. */
export const pieceChecks: Readonly<Record<Piece, (value: unknown) => boolean>> = Object.fromEntries(
  Object.entries(schemas).map(([piece, schema]) => [piece, (value: unknown) => v.is(schema as v.GenericSchema, value)]),
) as Record<Piece, (value: unknown) => boolean>

const hashed = (mark: string): string => (tokenForm.test(mark) ? hashOf(mark) : mark)

/** Plain data, without any token. */
export function piecesOf({ state, rules }: LobbyCopy): Readonly<Record<Piece, unknown>> {
  const { roster, admission, reservations, marks, listed } = state
  return {
    ...{ roster, marks, rules },
    listing: { listed },
    admission: {
      ...admission,
      bans: admission.bans.map((ban) => ({ ...ban, marks: ban.marks.map(hashed) })),
      kicks: admission.kicks.map((kick) => ({ ...kick, mark: hashed(kick.mark) })),
    },
    reservations: reservations.map((seat) => ({ ...seat, tokens: seat.tokens.map(hashed) })),
  }
}

/** Null: a piece is missing, or does not fit this game. The pieces have passed their checks. */
export function copyFrom(game: AnyGame, pieces: ReadonlyMap<string, unknown>): LobbyCopy | null {
  const read = <P extends Piece>(piece: P): v.InferOutput<Schemas[P]> | null => {
    const read = v.safeParse(schemas[piece] as v.GenericSchema, pieces.get(piece), { abortEarly: true })
    return read.success ? (read.output as v.InferOutput<Schemas[P]>) : null
  }
  const [roster, admission, reservations] = [read('roster'), read('admission'), read('reservations')]
  const [marks, rules, listing] = [read('marks'), read('rules'), read('listing')]
  if (!roster || !admission || !reservations || !marks || !rules || !listing) return null
  const members = roster.members.flatMap((member) => readMember(game, member) ?? [])
  if (members.length < roster.members.length || roster.playerSeats !== game.maxPlayers) return null
  const { listed } = listing
  return { state: { roster: { ...roster, members }, admission, reservations, marks, listed }, rules }
}
