/** What hosting means for the others, in words: what leaving costs whom, and who hosts next. Pure. */
import { texts } from '../../game/languages/language.ts'
import type { PageLobby, PageMember } from '../doors/doors.ts'
import { isolated } from '../parts/isolated.ts'

type Hosted = Pick<PageLobby, 'code' | 'hosting' | 'resumeToken' | 'roster' | 'state'>

/** Who else is in the lobby: people, here or away. */
export function othersIn(roster: readonly PageMember[]): readonly PageMember[] {
  return roster.filter(({ mine, bot }) => !mine && bot === null)
}

/** Whether another page can host when this one leaves: then the host's page has a token for its seat, too. */
export function goesOnWithout({ hosting, resumeToken }: Hosted): boolean {
  return !hosting || resumeToken !== null
}

/** Whether a member's page may ever host: who watches or is away is never asked to. */
export function mayBeHost({ mine, host, bot, spectator, presence }: PageMember): boolean {
  return !mine && !host && bot === null && !spectator && presence !== 'away'
}

/** What happens to the lobby when this page leaves it: one or two sentences. */
export function leavingMeans(lobby: Hosted): string {
  const { code, hosting, roster, state } = lobby
  const others = othersIn(roster)
  const where = code === '' ? texts.leaving.practice : texts.leaving.lobby(code)
  if (!hosting) return texts.leaving.guest(where)
  if (others.length === 0) return texts.leaving.alone(where)
  if (!goesOnWithout(lobby)) return texts.leaving.nobodyReady(others.length)
  return texts.leaving.handsOver(nextHost(roster), state === 'playing')
}

/** Whose page hosts after this one; null: that is not known yet. */
function nextHost(roster: readonly PageMember[]): string | null {
  const next = roster.find(({ heir }) => heir === 1)
  return next ? isolated(next.name) : null
}

/** What a host's page is for: that it is to stay open, and what becomes of the lobby without it. Empty: nobody can join, or this page is a guest's. */
export function hostingMeans(lobby: Hosted): string {
  const { code, hosting, roster } = lobby
  if (!hosting || code === '') return ''
  if (othersIn(roster).length === 0) return texts.hosting.alone
  return goesOnWithout(lobby) ? texts.hosting.handsOver(nextHost(roster)) : texts.hosting.nobodyReady
}

/** The member whose page hosts; null: a host without a player. */
export function hostOf(roster: readonly PageMember[]): PageMember | null {
  return roster.find(({ host }) => host) ?? null
}

/** Who hosts now and what became of the host before, for a banner. Empty: nothing that anybody has to know. */
export function hostNews(before: PageMember | null, roster: readonly PageMember[]): string {
  const host = hostOf(roster)
  if (!host || host.id === before?.id) return ''
  const still = roster.find(({ id }) => id === before?.id)
  // Who goes to watch, or plays again, has another seat. Names are given once in a lobby.
  if (before && !still && host.name === before.name) return ''
  const now = host.mine ? null : isolated(host.name)
  if (!before || before.mine || (still && still.presence !== 'away'))
    return now === null ? texts.hostNews.you : texts.hostNews.other(now)
  const name = isolated(before.name)
  return still ? texts.hostNews.lost(name, now) : texts.hostNews.left(name, now)
}
