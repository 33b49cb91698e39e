/** The lobby's code on the host's page: takes the first or a new one, knows whether it leads here, and tells the guests. */
import { StarwireError } from '../../errors/starwire-error.ts'
import type { Reason } from '../../wire/reasons.ts'
import type { HostMessage } from '../messages.ts'
import type { Refusal } from '../refusal.ts'
import type { CodeState } from '../types.ts'

/** What this needs of the lobby. */
interface CodeHolder {
  readonly code: string
  readonly codeState: CodeState
  readonly state: string
  setCode(code: string, state: CodeState): boolean
}

export interface HostCodeOptions {
  /** Takes a code: the first, or a new one for one that is lost. Rejects with a StarwireError when there is none to be had. */
  readonly takeCode: () => Promise<string>
  readonly warn: (problem: string) => void
  tellAll(message: HostMessage): void
  /** The lobby has another code. `before` is lost. */
  renewed(before: string): void
}

export class HostCode {
  private readonly lobby: CodeHolder
  private readonly options: HostCodeOptions
  private first: string
  private taking: Promise<string> | null = null

  constructor(lobby: CodeHolder, options: HostCodeOptions) {
    this.lobby = lobby
    this.options = options
    this.first = lobby.code
  }

  /** For a guest who comes: the code as it is now. Null when it is the first one and leads here, which the guest knows. */
  get forNewcomer(): Extract<HostMessage, { kind: 'code' }> | null {
    const { code, codeState: state } = this.lobby
    return state === 'none' || (state === 'open' && code === this.first) ? null : { kind: 'code', code, state }
  }

  /** For a guest who is back: what they know of the code may be of a host before, or of the time when their own page hosted. */
  get forReturner(): Extract<HostMessage, { kind: 'code' }> | null {
    const { code, codeState: state } = this.lobby
    return state === 'none' ? null : { kind: 'code', code, state }
  }

  /** The code leads nowhere any more. Members play on; nobody new can come. */
  lost(reason: Reason): void {
    this.set(this.lobby.code, 'lost')
    this.options.warn(
      `The lobby's code is lost (${new StarwireError(reason).message}) Nobody new can join until lobby.renewCode() takes a new one.`,
    )
  }

  /** The lobby server went out of reach, or came back. */
  online(isOnline: boolean): void {
    const { codeState } = this.lobby
    if (codeState !== 'lost' && codeState !== 'none') this.set(this.lobby.code, isOnline ? 'open' : 'unreachable')
  }

  /** Takes the first code of a lobby that was made offline. Does nothing when there is one. */
  async open(): Promise<Refusal | null> {
    if (this.lobby.codeState !== 'none') return null
    const refusal = await this.take()
    this.first = this.lobby.code
    return refusal
  }

  /** Takes a new code when the present one is lost. */
  async renew(): Promise<Refusal | null> {
    return this.lobby.codeState === 'lost' ? this.take() : null
  }

  /** A second call while a code is being taken waits for the same one. */
  private async take(): Promise<Refusal | null> {
    this.taking ??= this.options.takeCode().finally(() => {
      this.taking = null
    })
    const code = await this.taking
    // The lobby may have ended meanwhile.
    if (this.lobby.state === 'ended') return 'ended'
    const { code: before } = this.lobby
    if (before !== '' && before !== code) this.options.renewed(before)
    this.set(code, 'open')
    return null
  }

  private set(code: string, state: CodeState): void {
    if (this.lobby.setCode(code, state) && state !== 'none') this.options.tellAll({ kind: 'code', code, state })
  }
}
