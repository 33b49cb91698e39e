/** The lobby's code on the host's page: whether it leads here, a new one when it is lost, and telling the guests. */
import { StarwireError } from '../../errors/starwire-error.ts'
import type { Reason } from '../../wire/reasons.ts'
import type { HostMessage } from '../messages.ts'
import type { CodeState, Refusal } from '../types.ts'

/** What of the lobby the code concerns. */
interface CodeHolder {
  readonly code: string
  readonly codeState: CodeState
  readonly state: string
  setCode(code: string, state: CodeState): boolean
}

export interface LobbyCodeOptions {
  /** Takes a new code. Default: there is none to be had, and the lobby keeps the one it has. */
  readonly renewCode?: () => Promise<string>
  readonly warn: (problem: string) => void
  /** The code has changed, or whether it leads here. */
  readonly changed: () => void
}

export class LobbyCode {
  private readonly lobby: CodeHolder
  private readonly options: LobbyCodeOptions
  private readonly first: string

  constructor(lobby: CodeHolder, options: LobbyCodeOptions) {
    this.lobby = lobby
    this.options = options
    this.first = lobby.code
  }

  /** What a guest who has come by the first code has to be told; null when that code still leads here. */
  get news(): Extract<HostMessage, { kind: 'code' }> | null {
    const { code, codeState: state } = this.lobby
    return state === 'open' && code === this.first ? null : { kind: 'code', code, state }
  }

  /** The code leads nowhere any more: who is here plays on, nobody new can come. */
  lost(reason: Reason): void {
    this.set(this.lobby.code, 'lost')
    this.options.warn(
      `The lobby's code is lost (${new StarwireError(reason).message}) Nobody new can join until lobby.renewCode() takes a new one.`,
    )
  }

  /** The lobby server went out of reach, or came back. */
  online(isOnline: boolean): void {
    if (this.lobby.codeState !== 'lost') this.set(this.lobby.code, isOnline ? 'open' : 'unreachable')
  }

  async renew(): Promise<Refusal | null> {
    if (this.lobby.codeState !== 'lost') return null
    const code = await this.options.renewCode?.()
    // The lobby may have ended meanwhile.
    if (this.lobby.state === 'ended') return 'ended'
    if (code !== undefined) this.set(code, 'open')
    return null
  }

  private set(code: string, state: CodeState): void {
    if (this.lobby.setCode(code, state)) this.options.changed()
  }
}
