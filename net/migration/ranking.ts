/**
 * Who becomes heir: a pure function of what the host knows of its guests, to be called once a second. In go the candidates and who
 * is heir now; out come the heirs, the first in rank first.
 *
 * The order: the game's veto and what cannot host are out; headless hosts first; then phones and metered connections last; then
 * relayed last, then reach; visible before hidden; then the round trip. What a page's uplink carries nobody knows before it hosts: a guest
 * sends 30 kbit/s. A host that cannot keep up hands over. An heir keeps its rank unless another is clearly
 * better for a while (hysteresis): a new heir has to be told the whole world.
 */
import type { PlayerId } from '../world/ids.ts'

export interface Candidate {
  readonly player: PlayerId
  /** The game lets this page host (`mayHost`), and its own stream did not end its candidacy. */
  readonly mayHost: boolean
  /** A host in Node, without a person. */
  readonly headless: boolean
  /** A phone, or a connection that is paid by the byte: only where there is nobody else. */
  readonly reluctant: boolean
  /** To how many others the page has a link, or can surely have one: 0 to 1 of them. */
  readonly reach: number
  /** Whether its route to the host is the relay. */
  readonly relayed: boolean
  readonly visible: boolean
  readonly rttMs: number
}

/** Heirs in all: the first, and one for the case that the first goes with the host, or is alive and can get no votes. */
const MAX_HEIRS = 2
/** Somebody else has to be better for so long before they take a heir's place, ms. */
export const CHANGE_AFTER_MS = 5_000
/** Better by so much, as a share, is clearly better: round trips waver by less. */
export const CLEAR_SHARE = 0.25
/** Round trips that differ by less do not count, ms. */
const CLEAR_ROUND_TRIP_MS = 30
/** Reach counts in steps of this share. */
const CLEAR_REACH = 0.1

/** What is remembered from one second to the next. Plain data. */
export interface Ranking {
  /** The heirs, the first in rank first. */
  readonly heirs: readonly PlayerId[]
  /** Who is better than a heir, and since when. */
  readonly challenger: { readonly player: PlayerId; readonly sinceMs: number } | null
}

export const NO_HEIRS: Ranking = { heirs: [], challenger: null }

/** Compares what does not waver from second to second: below 0, `a` goes first. Reach counts in tenths, so that the order is one. */
function compareKind(a: Candidate, b: Candidate): number {
  const tenths = ({ reach }: Candidate): number => Math.round(reach / CLEAR_REACH)
  return (
    Number(b.headless) - Number(a.headless) ||
    Number(a.reluctant) - Number(b.reluctant) ||
    Number(a.relayed) - Number(b.relayed) ||
    tenths(b) - tenths(a) ||
    Number(b.visible) - Number(a.visible)
  )
}

/** The round trip as a number that is higher for the better. */
function closeness({ rttMs }: Candidate): number {
  return 1 / (CLEAR_ROUND_TRIP_MS + Math.max(0, rttMs))
}

/** Total and stable: equals go by their seats. */
function compare(a: Candidate, b: Candidate): number {
  return compareKind(a, b) || closeness(b) - closeness(a) || a.player - b.player
}

function isClearlyBetter(a: Candidate, b: Candidate): boolean {
  const kind = compareKind(a, b)
  return kind < 0 || (kind === 0 && closeness(a) > closeness(b) * (1 + CLEAR_SHARE))
}

export function rankHeirs(candidates: readonly Candidate[], before: Ranking, nowMs: number): Ranking {
  const fit = candidates.filter(({ mayHost }) => mayHost).sort(compare)
  const count = Math.min(fit.length, MAX_HEIRS)
  // Who is not fit any more, or one too many, goes at once; a free place is taken at once.
  const kept = before.heirs.filter((heir) => fit.some(({ player }) => player === heir)).slice(0, count)
  const others = fit.map(({ player }) => player).filter((player) => !kept.includes(player))
  const heirs = [...kept, ...others.slice(0, count - kept.length)]
  const challenge = challengeOf(fit, heirs)
  if (!challenge) return { heirs, challenger: null }
  const { challenger } = before
  const sinceMs = challenger?.player === challenge.player ? challenger.sinceMs : nowMs
  if (nowMs - sinceMs < CHANGE_AFTER_MS) return { heirs, challenger: { player: challenge.player, sinceMs } }
  return { heirs: challenge.heirs, challenger: null }
}

/** The best of those who are clearly better than a heir above them, and the heirs as they would be. */
function challengeOf(
  fit: readonly Candidate[],
  heirs: readonly PlayerId[],
): { readonly player: PlayerId; readonly heirs: readonly PlayerId[] } | null {
  const of = (player: PlayerId): Candidate => fit.find((candidate) => candidate.player === player) as Candidate
  for (const [place, heir] of heirs.entries()) {
    const better = fit.find(
      ({ player }) => !heirs.slice(0, place + 1).includes(player) && isClearlyBetter(of(player), of(heir)),
    )
    if (!better) continue
    const rest = heirs.filter((player) => player !== better.player)
    const next = [...rest.slice(0, place), better.player, ...rest.slice(place)].slice(0, heirs.length)
    return { player: better.player, heirs: next }
  }
  return null
}
