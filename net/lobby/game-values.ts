/**
 * Checks values that a game declares for its lobby: settings and choices. `check…` is for a developer's values, and throws. `read…` is
 * for a peer's values, and returns complete values in range and on the grid, or null.
 */
import type { PlainValues } from '../world/complete-values.ts'
import { readValues } from '../world/complete-values.ts'
import type { AnyGame } from '../world/game.ts'
import { checkValues } from '../world/values.ts'
import type { MatchStart } from './match/match.ts'
import type { HostMessage, RosterEntry } from './messages.ts'

/** @throws TypeError for an unknown name or a value of a wrong kind, RangeError for one out of range. */
export function checkSettings({ id, schema }: AnyGame, given: PlainValues): void {
  checkValues(`settings of ${id}`, schema.settings, given, { outOfRange: 'reject' })
}

/** @throws TypeError for a field that is not chosen or a value of a wrong kind, RangeError for what is out of range. */
export function checkChoice({ id, schema }: AnyGame, given: PlainValues): void {
  checkValues(`a choice in ${id}`, schema.choice, given, { outOfRange: 'reject' })
}

export type Welcome = Extract<HostMessage, { kind: 'welcome' }>
export type RunningMatch = NonNullable<Welcome['match']>
export type MatchSetup = Pick<RunningMatch, 'seed' | 'options' | 'settings'>

/** The settings that a host tells; null when they do not fit this game. */
export function readSettings({ schema }: AnyGame, told: PlainValues): PlainValues | null {
  return readValues(schema.settings, told)
}

/** A member that a host tells of; null when the choice does not fit this game. */
export function readMember({ schema }: AnyGame, told: RosterEntry): RosterEntry | null {
  const choice = readValues(schema.choice, told.choice)
  return choice && { ...told, choice }
}

/** The match that a host tells of; null when its settings do not fit this game. */
export function readSetup(
  game: AnyGame,
  { seed, options, settings: told }: MatchSetup,
): Omit<MatchStart, 'epoch'> | null {
  const settings = readSettings(game, told)
  return settings && { seed, options, settings }
}

/** A host's welcome; null when something in it does not fit this game. */
export function readWelcome(game: AnyGame, told: Welcome): Welcome | null {
  const settings = readSettings(game, told.settings)
  const setup = told.match && readSetup(game, told.match)
  const match = setup && told.match ? { ...told.match, ...setup } : null
  const roster = told.roster.flatMap((entry) => readMember(game, entry) ?? [])
  const isWhole = settings !== null && (match !== null || told.match === null) && roster.length === told.roster.length
  return isWhole ? { ...told, settings, match, roster } : null
}
