/**
 * What is known of how a page connected to its host, or why it could not: as data, as sentences, as a text to copy. In: what signalling,
 * WebRTC and the relay said (facts). Out: causes that these facts show, never guesses. Pure.
 */
import type { Reason } from '../wire/reasons.ts'
import { connectionSentences } from './connection-sentences.ts'
import { maskAddresses } from './mask-addresses.ts'

/** `direct`: from page to page. `turn`: by a TURN server. `relayed`: by the signalling server. */
export type ConnectionRoute = 'direct' | 'turn' | 'relayed'

/** A way by which a page can be reached, as ICE found it. */
export interface CandidateReport {
  readonly type: 'host' | 'srflx' | 'prflx' | 'relay' | (string & {})
  readonly protocol: string
  /** An address, or a name that ends in `.local` and stands for one. */
  readonly address: string
}

/** What a STUN or TURN server, or the way to it, answered: the error codes of RFC 8489 and 8656; 701 is a server that did not answer. */
export interface ServerFault {
  readonly url: string
  readonly code: number
  readonly text: string
}

/** What one attempt of WebRTC saw. */
export interface PeerReport {
  readonly here: readonly CandidateReport[]
  readonly there: readonly CandidateReport[]
  /** The last state of ICE, in WebRTC's words; `new`: no pair of candidates was ever tried. */
  readonly ice: string
  /** Whether the search for candidates had an end. `gathering`: a server had not answered. Left out where WebRTC does not tell. */
  readonly gathering?: string
  /** Null where WebRTC does not tell. */
  readonly faults: readonly ServerFault[] | null
}

export interface ConnectionFacts {
  /** Null: connected. */
  readonly reason: Reason | null
  /** How far the join came. */
  readonly stage: string
  readonly route: ConnectionRoute | null
  /** ms from the call; null: not reached. */
  readonly times: {
    /** The signalling server answered. */
    readonly server: number | null
    /** The host let this guest in. */
    readonly host: number | null
    /** The link was open. */
    readonly open: number | null
    readonly end: number
  }
  /** Null: WebRTC was not used. */
  readonly peer: PeerReport | null
  readonly stun: boolean
  readonly turn: boolean
  /** `none`: the server had none. `failed`: it broke, or nobody came. */
  readonly relay: 'not-asked' | 'asked' | 'none' | 'failed' | 'used'
  /** How far this page's clock is ahead of the server's, in ms, within a round trip; null: not known. */
  readonly clockAheadMs: number | null
  /** Whether the browser says that there is no network. */
  readonly isOffline: boolean
  /** Whether the signalling server answers plain requests where a WebSocket failed; null: not asked. */
  readonly serverAnswers: boolean | null
  readonly detail: string
}

export interface ConnectionReport extends ConnectionFacts {
  /** The most telling first. Empty: connected, or nothing stands out. */
  readonly causes: readonly ConnectionCause[]
}

export type ConnectionCause = keyof typeof connectionSentences

/** A clock that is off by less disturbs nobody. */
const WRONG_CLOCK_MS = 3_600_000

/** A TURN server that refuses who asks: unauthorized, forbidden, wrong or stale credentials. */
const REFUSED_BY_TURN: ReadonlySet<number> = new Set([400, 401, 403, 431, 438, 441])

export function connectionReport(facts: ConnectionFacts): ConnectionReport {
  return { ...facts, causes: [...causesOf(facts)] }
}

function* causesOf(facts: ConnectionFacts): Generator<ConnectionCause> {
  const { reason, clockAheadMs, isOffline, serverAnswers } = facts
  const clockIsWrong = clockAheadMs !== null && Math.abs(clockAheadMs) >= WRONG_CLOCK_MS
  if (reason === null) return
  if (reason === 'no-webrtc') yield 'no-webrtc'
  else if (reason === 'signaling-down') {
    if (isOffline) yield 'no-network'
    else if (serverAnswers === true) yield 'websocket-blocked'
    else if (serverAnswers === false) yield 'server-unreachable'
  } else if (reason === 'no-route' || reason === 'host-silent') yield* causesOfPeer(facts)
  if (clockIsWrong) yield 'clock-wrong'
}

function* causesOfPeer({ peer, stun, turn, relay }: ConnectionFacts): Generator<ConnectionCause> {
  if (peer) {
    const { here, there, ice, gathering, faults } = peer
    const has = (type: string): boolean => here.some((each) => each.type === type)
    if (here.length === 0) yield 'no-interface'
    else {
      const ofTurn = (faults ?? []).filter(({ url }) => /^turns?:/.test(url))
      if (turn && !has('relay')) {
        if (ofTurn.some(({ code }) => REFUSED_BY_TURN.has(code))) yield 'turn-refused'
        else yield 'turn-unreachable'
      }
      // Chromium 156 says 701 after more than 12 s of silence: until then it is still gathering (measured).
      const isSilent = gathering === 'gathering' || (faults ?? []).some(({ url, code }) => isUdp(url) && code === 701)
      const stunIsDeaf = faults === null ? !has('relay') : isSilent
      if ((stun || turn) && !has('srflx') && !here.some(isUdpRelay) && stunIsDeaf) yield 'udp-blocked'
      if (there.length > 0 && there.every(isHidden) && ice === 'new') yield 'mdns-unresolved'
    }
    if (there.length === 0) yield 'other-side-empty'
  }
  if (!turn) yield 'no-turn'
  if (relay === 'none') yield 'no-relay'
  if (relay === 'failed' || relay === 'asked') yield 'relay-failed'
}

const isHidden = ({ address }: CandidateReport): boolean => address.endsWith('.local')
const isUdp = (url: string): boolean => /^(stun|turn):/.test(url) && !/transport=tcp/.test(url)
/** Its protocol is that between this page and the TURN server where that is known, else UDP. */
const isUdpRelay = ({ type, protocol }: CandidateReport): boolean => type === 'relay' && protocol === 'udp/udp'

/** One line for each cause, in plain words, and what to do. */
export function connectionAdvice({ causes }: ConnectionReport): string[] {
  return causes.map((cause) => connectionSentences[cause])
}

export interface ReportTextOptions {
  /** Whether addresses stand there whole. Default false: the last parts are left out, which name a person's line. */
  readonly addresses?: boolean
}

/** The whole report as lines to copy. It names no player. */
export function connectionReportText(report: ConnectionReport, { addresses = false }: ReportTextOptions = {}): string {
  const { reason, stage, route, times, peer, stun, turn, relay, clockAheadMs, isOffline, serverAnswers, detail } =
    report
  const ms = (at: number | null): string => (at === null ? '-' : `${Math.round(at)} ms`)
  const list = (all: readonly CandidateReport[]): string =>
    all.map(({ type, protocol, address }) => `${type} ${protocol} ${address}`).join(', ') || 'none'
  const yes = (given: boolean): string => (given ? 'yes' : 'no')
  const lines = [
    `Result: ${reason ?? 'connected'}${route ? `, ${route}` : ''} (at: ${stage})`,
    ...connectionAdvice(report).map((sentence) => `Cause: ${sentence}`),
    `Times: server ${ms(times.server)}, host ${ms(times.host)}, open ${ms(times.open)}, end ${ms(times.end)}`,
    ...(peer
      ? [
          `Candidates here: ${list(peer.here)}`,
          `Candidates there: ${list(peer.there)}`,
          `ICE: ${peer.ice}${peer.gathering ? `, ${peer.gathering}` : ''}`,
          ...(peer.faults ?? []).map(({ url, code, text }) => `Server: ${url}: ${code} ${text}`),
        ]
      : ['WebRTC: not used']),
    `STUN offered: ${yes(stun)}; TURN offered: ${yes(turn)}; relay: ${relay}`,
    ...(clockAheadMs === null ? [] : [`Clock ahead of the server: ${Math.round(clockAheadMs / 1000)} s`]),
    ...(isOffline ? ['The browser says: no network'] : []),
    ...(serverAnswers === null ? [] : [`Server answers plain requests: ${yes(serverAnswers)}`]),
    ...(detail === '' ? [] : [`Detail: ${detail}`]),
  ]
  const text = lines.join('\n')
  return addresses ? text : maskAddresses(text)
}
