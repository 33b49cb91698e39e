/** What the lobbies of host and guest have alike: state, roster, listeners, the promise of the match. */

import { StarwireError } from '../errors/starwire-error.ts'
import { Emitter } from '../platform/emitter.ts'
import type { Session } from '../session/types.ts'
import type { Reason } from '../wire/reasons.ts'
import { checkNames } from '../world/given.ts'
import type { PlayerId } from '../world/ids.ts'
import { type Inspect, inspectCustom, inspectedAs } from '../world/inspect.ts'
import type { GameShape } from '../world/types.ts'
import type { Match } from './match.ts'
import type { RosterEntry } from './messages.ts'
import { Acquaintances } from './people.ts'
import type { CodeState, Lobby, LobbyEvents, LobbyState, Member, Reconnecting, Refusal } from './types.ts'

const EVENTS: readonly (keyof LobbyEvents)[] = ['code', 'roster', 'state', 'reconnecting', 'ended']

export abstract class LobbyBase<G extends GameShape> implements Lobby<G> {
  code: string
  codeState: CodeState = 'open'
  abstract readonly maxPlayers: number
  abstract readonly hosting: boolean
  abstract readonly me: PlayerId
  resumeToken: string | null = null
  state: LobbyState = 'lobby'
  reconnecting: Reconnecting | null = null
  roster: readonly Member[] = []
  protected match: Match<G> | null = null
  protected readonly people = new Acquaintances()
  private readonly emitter = new Emitter<LobbyEvents>()
  private readonly started: Promise<Session<G>>
  private resolveStarted: (session: Session<G>) => void = () => {}
  private rejectStarted: (error: StarwireError) => void = () => {}

  constructor(code: string) {
    this.code = code
    this.started = new Promise((resolve, reject) => {
      this.resolveStarted = resolve
      this.rejectStarted = reject
    })
    // Whoever asks for the session gets the rejection; nobody asking is no error.
    this.started.catch(() => {})
  }

  abstract setReady(ready: boolean): void
  abstract start(): Refusal | null
  abstract kick(player: PlayerId): Refusal | null
  abstract renewCode(): Promise<Refusal | null>
  abstract leave(): void

  on<Name extends keyof LobbyEvents>(event: Name, heard: (value: LobbyEvents[Name]) => void): () => void {
    checkNames('lobby.on', { [event]: heard }, EVENTS)
    return this.emitter.on(event, heard)
  }

  session(): Promise<Session<G>> {
    return this.started
  }

  protected setRoster(entries: readonly RosterEntry[]): void {
    this.people.see(entries, this.me)
    this.roster = entries.map((entry) => ({ ...entry, mine: entry.id === this.me }))
    this.emitter.emit('roster', this.roster)
  }

  /** Without what is secret, such as the token that leads back to the seat. */
  toJSON(): Record<string, unknown> {
    const { code, state, hosting, me, maxPlayers, roster } = this
    return { code, state, hosting, me, maxPlayers, roster }
  }

  [inspectCustom](_depth: number, options: object, inspect: Inspect): string {
    return inspectedAs('lobby', this.toJSON(), options, inspect)
  }

  protected play(match: Match<G>): void {
    this.match = match
    this.resolveStarted(match.session)
    this.enter('playing')
  }

  /** False when this is no news. */
  protected setCode(code: string, state: CodeState): boolean {
    if (this.state === 'ended' || (this.code === code && this.codeState === state)) return false
    this.code = code
    this.codeState = state
    this.emitter.emit('code', { code, state })
    return true
  }

  protected setReconnecting(reconnecting: Reconnecting | null): void {
    if (this.reconnecting === reconnecting) return
    this.reconnecting = reconnecting
    this.emitter.emit('reconnecting', reconnecting)
  }

  protected enter(state: LobbyState): void {
    if (this.state === state) return
    this.state = state
    this.emitter.emit('state', state)
  }

  /** Ends the lobby for this page. False when it was over before. */
  protected end(reason: Reason | null, detail = ''): boolean {
    if (this.state === 'ended') return false
    this.match?.stop(reason)
    this.rejectStarted(new StarwireError(reason ?? 'host-left', detail || 'the lobby was left'))
    this.setReconnecting(null)
    this.enter('ended')
    this.emitter.emit('ended', reason)
    return true
  }
}
