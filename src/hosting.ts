/** What hosting means for the others, in words: what leaving costs whom, and who hosts next. Pure. */
import type { PageLobby, PageMember } from './doors.ts'
import { isolated } from './isolated.ts'

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
  const where = code === '' ? 'this practice' : `lobby ${code}`
  if (!hosting) return `You are in ${where}. It goes on without you, and you can join again with the code.`
  if (others.length === 0) return `You host ${where}, and nobody else is here: it ends when you leave.`
  if (!goesOnWithout(lobby))
    return `You host it, and no other page is ready to take over yet. If you leave now, it may be over for ${
      others.length === 1 ? 'the other one here' : `all ${others.length} others`
    }, too.`
  const what = state === 'playing' ? 'the match' : 'the lobby'
  const heirs = roster.filter(mayBeHost)
  const next = heirs.length === 1 ? isolated(heirs[0]?.name ?? '') : 'one of the others'
  return `You host it. When you leave, ${next} hosts, and ${what} goes on.`
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
  const now = host.mine ? 'You host now' : `${isolated(host.name)} hosts now`
  if (!before || before.mine || (still && still.presence !== 'away')) return `${now}.`
  const name = isolated(before.name)
  return still ? `${name}’s connection is lost: ${lowered(now, host)}.` : `${name} left: ${lowered(now, host)}.`
}

/** After a colon: a name keeps its capital. */
const lowered = (text: string, { mine }: PageMember): string => (mine ? text.replace('You', 'you') : text)
