/**
 * What a star needs from signalling: somebody who knows a lobby by its code, and who carries small texts between its host
 * and one guest until the two have a connection of their own. Types only; `client.ts` does it over WebSocket.
 */
import type { MessageStream } from '../transport/relay/message-stream.ts'
import type { Reason } from '../wire/reasons.ts'
import type { ListingRequest } from './listing-messages.ts'
import type { TakeoverRequest } from './takeover-messages.ts'

/** Opens this side of a relay, once, within 10 s. The stream is not paired yet. It rejects when the code for it cannot be loaded. */
export type OpenRelay = () => MessageStream | Promise<MessageStream>

/** Names one attempt of one guest to connect; a new attempt of the same guest has a new epoch, stale signals are dropped. */
export interface Attempt {
  /** Chosen by the signalling server. */
  readonly peer: string
  readonly epoch: number
}

/** How far a join has come, for the player's eyes. */
export type JoinStage = 'finding the lobby' | 'contacting the host' | 'connecting'

/** Longest `note` of a host in characters; it says which game the host runs, so 100 are enough for us. */
export const MAX_NOTE_LENGTH = 200

/**
 * What a host's page says and hears over the same socket beside hosting, such as its entry in the public list, or its heirs. A page that
 * needs none of it loads none of it.
 */
export interface HostPart {
  /** The server knows this socket as the lobby's host; told anew each time that the page is back. */
  online(say: (message: ListingRequest | TakeoverRequest) => void): void
  /** The server cannot be reached, or the lobby is over. */
  offline(): void
  /** A text of the server that is no message of hosting. */
  hear(text: string): void
}

export interface HostSignalHandlers {
  /** Told to every guest who is refused. */
  readonly note?: string
  /**
   * A guest asks to join; `info` is the text that the guest gave. `mark` stands for the guest's address in this lobby, null or nothing
   * where the operator of signalling gives none. Null admits, a reason refuses.
   */
  join(attempt: Attempt, info: string, mark?: string | null): Reason | null
  /** An SDP or ICE text of an admitted guest. */
  signal(attempt: Attempt, data: string): void
  /** The guest gave up or its socket closed; an established connection is not touched by this. */
  gone(attempt: Attempt): void
  /** This guest has a relay, and waits there for this side. Default: relays are left alone. */
  relay?(attempt: Attempt, open: OpenRelay): void
  /** The signalling server is out of reach (`false`) or back (`true`). The lobby goes on; new guests cannot join meanwhile. */
  online(isOnline: boolean): void
  /** Default: none. */
  readonly part?: HostPart
  /** The lobby cannot be kept: the server does not know it any more and refused to take it back. */
  lost(reason: Reason): void
}

export interface HostSignals {
  /** The lobby's code, in capitals. */
  readonly code: string
  readonly iceServers: RTCIceServer[]
  /** Takes the lobby back at a server that has lost or forgotten its host: the right to its code. Missing where there is none. */
  readonly right?: string | undefined
  signal(attempt: Attempt, data: string): void
  /** Gives the lobby up: the code is free again. */
  close(): void
  /**
   * Something makes this page doubt that the server still hears it. It comes back over another connection, and keeps the present one until
   * then: a machine that vanishes closes no socket. Missing where signalling has no connection.
   */
  doubt?(): void
  /** Asks the server for a sign of life, and doubts it (`doubt`) when none comes. Missing where signalling has no connection. */
  askServer?(): void
  /** Lets go of the lobby, which goes on: another page hosts it. Missing where signalling knows no other host. */
  release?(): void
}

export interface GuestSignalHandlers {
  /** An SDP or ICE text of the host, which answers the guest's own: none comes before the guest has said something. */
  signal(data: string): void
  /** The host's page has no connection to signalling at the moment. The attempt goes on: it may come back and answer. */
  hostAway?(): void
  /** How far this page's clock is ahead of the server's, in ms, within a round trip. Told at most once, before the host answers. */
  clockAhead?(ms: number): void
  /** The answer to `askForRelay`. Null: there is none for this guest now. */
  relay?(open: OpenRelay | null): void
  /** The attempt is over: refused by the server or the host, or the server is gone. */
  failed(reason: Reason, detail: string): void
}

/** What a guest asks with, besides the code. */
export interface GuestRequest {
  /**
   * What an earlier join into the same lobby gave: signalling then lets the guest back in, however many others of the
   * same address are joining. Default: none.
   */
  readonly ticket?: string | null
  /** Gives the join up before it has resolved: it rejects with the signal's reason, and everything is released. */
  readonly signal?: AbortSignal
}

export interface GuestSignals {
  readonly attempt: Attempt
  readonly iceServers: RTCIceServer[]
  /** For the next join into this lobby; null when signalling gives none. */
  readonly ticket?: string | null
  signal(data: string): void
  /** Asks for a relay between this guest and its host; `relay` of the handlers is told. Missing where signalling has none. */
  askForRelay?(): void
  close(): void
}

/**
 * The two ways into signalling; `signaling/client.ts` has the one over WebSocket. Both reject with a StarwireError, or with
 * the reason of an AbortSignal that aborts before they have resolved; everything is released then.
 */
export interface Signaling {
  /** Whether the server answers a plain request: for reports, when a socket to it failed. Missing: nobody can tell. */
  serverAnswers?(): Promise<boolean>
  /** `right`: of a lobby whose host handed it on with that. Default: a new lobby. */
  host(handlers: HostSignalHandlers, signal?: AbortSignal, right?: string): Promise<HostSignals>
  /** Resolves once the host has admitted the guest. `stage` tells 'finding the lobby', then 'contacting the host'. */
  guest(
    code: string,
    info: string,
    handlers: GuestSignalHandlers,
    stage: (stage: JoinStage) => void,
    request?: GuestRequest,
  ): Promise<GuestSignals>
}
