/** The lobby as the developer sees it: what players do before, during and after a match. */

import type { ConnectionReport } from '../errors/connection-report.ts'
import type { FileOffer, FileTransfer, ShareOptions } from '../files/types.ts'
import type { Video, Voice } from '../media/types.ts'
import type { HeadlessSession, Session } from '../session/types.ts'
import type { Reason } from '../wire/reasons.ts'
import type { GameShape } from '../world/game-shape.ts'
import type { PlayerId } from '../world/ids.ts'
import type { Choice, SeenChoice, SeenSettings, Values } from '../world/record-types.ts'
import type { AdmissionRules, BannedPlayer } from './admission/types.ts'
import type { BotOptions } from './bots/types.ts'
import type { ChatMessage, ChatRefusal, UnsaidText } from './chat/types.ts'
import type { Listed, ListRefusal, OwnListing } from './find/listed-types.ts'
import type { Refusal } from './refusal.ts'

/**
 * - `lobby`: before a match and between two. While a page connects there is no lobby yet, and `onProgress` of `joinLobby`
 *   tells how far that is.
 * - `playing`: a match runs. Who joins meanwhile begins in this state.
 * - `reconnecting`: a guest's link to the host is lost. The page dials by itself until it is back in its seat, in `lobby` or
 *   `playing`, whichever the lobby is in by then, or `ended`.
 * - `ended`: the lobby is over for this page.
 */
export type LobbyState = 'lobby' | 'playing' | 'reconnecting' | 'ended'

/**
 * Why a guest's page has lost its host, as far as it can know at this moment:
 * - `unknown`: nobody has answered yet, or the host has just answered and the connection is being made.
 * - `offline`: the lobby server cannot be reached either. In all likelihood this page's own network is down.
 * - `host-silent`: the lobby server knows the lobby, but the host's page does not answer: it is asleep or frozen.
 * - `host-gone`: the host's page has no connection to the lobby server: it was closed, crashed, or lost its network. The
 *   lobby is over unless it comes back.
 * - `code-lost`: the lobby server was restarted and has forgotten this lobby. The host may play on; a new code leads back.
 * - `no-route`: the host's page answers by way of the lobby server, but no direct connection to it can be made.
 */
export type LostCause = 'unknown' | 'offline' | 'host-silent' | 'host-gone' | 'code-lost' | 'no-route'

/** What is known while `state` is `reconnecting`. Times are those of `performance.now()`, in ms. */
export interface Reconnecting {
  readonly cause: LostCause
  /** When the link was lost. */
  readonly lostAt: number
  /** When this page gives up and the lobby ends for it; after a sleep of the page, up to 20 s later. */
  readonly givesUpAt: number
  /** Whether `playOn` would go on here: this page knows the lobby, and hears too few of the others to be the next host by their votes. */
  readonly mayPlayOn: boolean
}

export interface Member<G extends GameShape = GameShape> {
  readonly id: PlayerId
  /**
   * 1 to 20 characters as people count them, at most 200 bytes, not to be taken for anybody else's. It may be written from
   * right to left: set it into an element of its own (`<bdi>`), or it reorders what stands beside it.
   */
  readonly name: string
  /** Whether the match runs in this member's page. */
  readonly host: boolean
  /** The place of this member's page among those that host next, from 1: the others go on with it when the host leaves or is lost. Null: it has none. */
  readonly heir: number | null
  /** Whether they only watch: no player of the match, and not counted as one. */
  readonly spectator: boolean
  readonly ready: boolean
  readonly mine: boolean
  /** `late`: nothing heard for a second. `away`: the link is lost, and the seat is kept for a while. */
  readonly presence: 'here' | 'late' | 'away'
  /** What the member chose of their player's record, with the defaults of what they did not choose. */
  readonly choice: SeenChoice<G>
  /** What the member's page says of itself; null: nothing. A plain value that may come from a stranger: check it before use. */
  readonly data: unknown
  /** The bot that plays here, on the host's page: its kind, and its skill from 0 to 1. Null: a person. */
  readonly bot: { readonly kind: string; readonly skill: number } | null
}

/**
 * Whether somebody who has the code finds the lobby by it:
 * - `open`: yes.
 * - `unreachable`: not now, as the lobby server is out of reach of the host's page; it comes back by itself.
 * - `none`: there is no code. The lobby was made `offline` and not opened yet.
 * - `lost`: never again, as a restarted lobby server does not know it. The host takes a new one with `renewCode`.
 */
export type CodeState = 'open' | 'unreachable' | 'lost' | 'none'

export interface LobbyEvents<G extends GameShape = GameShape> {
  /** The code is another one, or leads here no longer, or again. */
  code: { readonly code: string; readonly state: CodeState }
  /** Somebody came or went, or changed readiness, presence, choice or data. */
  roster: readonly Member<G>[]
  /** Another member's page hosts from now on: who, as in the roster. `mine`: this page. Also told of a host who went to another seat. */
  host: Member<G>
  /** The host has changed who may come in. */
  admission: AdmissionRules
  /** The host changed settings. Also told of what changed while this page was away. */
  settings: SeenSettings<G>
  state: LobbyState
  /** `chat` has this message more. Told for each of the history, too, when this page has just joined or come back. */
  chat: ChatMessage
  /** The host refused what this page's player said, after `say` had returned null. Nobody has heard it. */
  unsaid: UnsaidText
  /** The host's lobby has come into the public list, has left it, is shown otherwise, or was refused. Told on the host's page alone. */
  listing: OwnListing | null
  /** Another player offers a file: `accept` or `decline` it. Without a listener, and from whom this page mutes, it is declined. */
  file: FileOffer<PlayerId>
  /** A guest's link to the host was lost, or more is known of why; null when it is back, and at the end. */
  reconnecting: Reconnecting | null
  /** On the host's page: the lobby stands still, or goes on. */
  paused: boolean
  /** The lobby is over for this page, with the reason; null after `leave`. */
  ended: Reason | null
}

/** A lobby, the same for the host and for guests. */
export interface Lobby<G extends GameShape> {
  /** Another one after the host's `renewCode`. Empty while the lobby is offline. */
  readonly code: string
  /** Whether the code leads here. A guest knows it from the host. */
  readonly codeState: CodeState
  readonly state: LobbyState
  /** Why the host is out of reach and how long this page goes on trying; null unless `state` is `reconnecting`. */
  readonly reconnecting: Reconnecting | null
  /**
   * Whether this page hosts and stands still: it hears so few of the others that they may have another host by now. The match waits, and
   * `start` and `handOver` are refused. It goes on, here or as a guest of that host, as soon as the others or the lobby server can be heard.
   */
  readonly paused: boolean
  /**
   * How this page is connected to its host: the route, the candidates of both sides, how long each step of the join took. Each look tells it
   * anew: the route may change. Null on the host's page. `connectionReportText` makes lines of it.
   */
  readonly connection: ConnectionReport | null
  readonly roster: readonly Member<G>[]
  readonly maxPlayers: number
  /** How many may watch. */
  readonly maxSpectators: number
  /** Whether newcomers are refused (`lock`). */
  readonly locked: boolean
  /** Whether newcomers are asked for a password (`setPassword`). */
  readonly hasPassword: boolean
  /** Who is banned, oldest first. Only the host's page knows; empty elsewhere. */
  readonly bans: readonly BannedPlayer[]
  /**
   * When the lobby has ended as `kicked` or `banned`: what the host wrote for this player, one clean line of at most 200
   * characters; null: nothing. The host's player may have written anything: show it as a quotation.
   */
  readonly hostText: string | null
  /** How the lobby stands in the public list. Null where it was never listed or was taken off, and on guests' pages. */
  readonly listing: OwnListing | null
  /** What the next match is played with; while one runs, what it is played with. The same on every page. */
  readonly settings: SeenSettings<G>
  /** This page's player or spectator. Another one after `spectate`. */
  readonly me: PlayerId
  /** Whether this page hosts: for what the host alone may do in the lobby. Game code never needs it. */
  readonly hosting: boolean
  /**
   * Leads back to this player's seat, for a page that is reloaded: give it to `joinLobby` as `resume`. Changes with each
   * return, before `state` is told of. A secret: whoever has it takes the seat over. Null on the host's page while no other page
   * could host, and at the end; but not when this page gave up on a host who said nothing, for they may have
   * slept, and keep the seat still.
   */
  readonly resumeToken: string | null
  on<Name extends keyof LobbyEvents<G>>(event: Name, heard: (value: LobbyEvents<G>[Name]) => void): () => void
  /**
   * Says that this player is ready; never a condition for `start`. Returns why not. While the link is lost it waits.
   * @throws TypeError for what is neither true nor false.
   */
  setReady(ready: boolean): Refusal | null
  /**
   * Chooses some of the fields of this player's record that the game lets players choose (`chosen`); the others stay. The host
   * answers. Null: it is so, for all to see in `roster`, and the player's record begins each match with it. Else why not:
   * `not-allowed` by the game's `mayChoose`, `already-playing` for a player in the match that runs, `too-fast` for more than four a
   * second. While the link is lost the answer waits. A guest may also choose as they join: see `JoinOptions`.
   * @throws TypeError (rejects) for a field that is not chosen or a value of a wrong kind, RangeError (rejects) for one out of range.
   */
  choose(choice: Partial<Choice<G>>): Promise<Refusal | null>
  /**
   * Says something of this player to all, as `data` in the roster: null, or any plain value of at most 256 bytes in MessagePack. The
   * newest value is told twice a second at most. It lasts as long as the seat. Returns why not. While the link is lost it waits.
   * @throws TypeError for what is no plain value, RangeError for what is too long.
   */
  setMyData(data: unknown): Refusal | null
  /**
   * Changes some of the settings, before a match and between two. Everybody hears at once, and who joins later has them. A match is
   * played with those of its start, so while one runs it is refused (`already-playing`). Returns why not, for everybody but the host.
   * @throws TypeError for a setting that there is not or a value of a wrong kind, RangeError for one that is out of range.
   */
  changeSettings(change: Partial<Values<G['settings']>>): Refusal | null
  /**
   * Starts a match: the first, or after `finish` the next. Returns why not: `not-host`; for a host that hears too few of its players, so that
   * another page may host by now, `reconnecting`.
   */
  start(): Refusal | null
  /**
   * Ends the match for everybody: `ended` of each session resolves to `over`, and the lobby is in `lobby` again with the same
   * people. `start` begins another one, with a new seed. Returns why not, for everybody but the host.
   */
  finish(): Refusal | null
  /**
   * Makes another player's page the host; this one goes on as a guest, in its seat. In a match nobody's place, score or code changes.
   * Returns why not: `not-ready` when that page may not host or does not know all of the lobby yet.
   */
  handOver(player: PlayerId): Refusal | null
  /**
   * Goes on without the others, with this page as the host, while `reconnecting` says that it may: as when the host and the lobby server
   * are gone, and two played. If the host lives after all, this match ends as soon as the lobby server is reached, and the page comes
   * back to its seat there. Returns why not: `not-ready`.
   */
  playOn(): Refusal | null
  /**
   * Removes a player. For a minute neither the token of that seat nor that browser is let in again (`kicked`): the browser
   * is known by a random name in its storage, so another browser, a private window or a modified page can come back.
   * Returns why not.
   * @param text For the player to read (`hostText`); it is cleaned as names are, and cut at 200 characters.
   * @throws TypeError when `text` is no text.
   */
  kick(player: PlayerId, text?: string): Refusal | null
  /**
   * Seats one of the game's `bots`: it is ready, counts as a player, and plays on the host's page, before and in a match. `kick`
   * removes it. People go first: when the lobby is full, a newcomer takes the seat of the bot that was added last. Returns why
   * not: `full` when no seat is free.
   * @throws TypeError for a kind that the game does not declare, RangeError for a skill outside of 0 to 1.
   */
  addBot(kind: G['bots'], options?: BotOptions): Refusal | null
  /**
   * Removes a player for the life of the lobby: they read `banned`, with the token of that seat and from that browser. What
   * `kick` says of modified pages holds here, too. At most 200 bans are kept; of more, the oldest go. Returns why not.
   * @param text As for `kick`.
   */
  ban(player: PlayerId, text?: string): Refusal | null
  /** Lifts a ban of `bans`, by its id. Returns why not. */
  unban(ban: number): Refusal | null
  /**
   * Refuses newcomers (`locked`), or lets them in again. Who has a seat that is kept for them comes back all the same. Returns
   * why not.
   */
  lock(locked: boolean): Refusal | null
  /**
   * Goes to watch, or plays again. In a match a player who goes to watch leaves it for good, as if they had left the lobby, and who
   * plays again joins it anew. Lobby and session stay the same objects; `me` changes in both, commands without an answer are
   * rejected, and voice is left. Resolves to null, or to why not: `full`, `too-often` (four times, then once in ten seconds), `reconnecting`.
   */
  spectate(spectates: boolean): Promise<Refusal | null>
  /**
   * Asks newcomers for a password from now on; null: no more. Who has a seat, or one that is kept for them, is not asked. The host
   * keeps a salted hash, and signalling never sees any of it. Resolves, once it can be guessed (0.3 s), to null, or to why not.
   * @throws TypeError (rejects) for what is no text, RangeError (rejects) for one of no or more than 128 characters.
   */
  setPassword(password: string | null): Promise<Refusal | null>
  /**
   * How many players may sit from now on, 1 to the game's own maximum. Returns why not: `too-many-players` when more sit.
   * @throws RangeError for another number.
   */
  setMaxPlayers(maxPlayers: number): Refusal | null
  /**
   * Puts the lobby into the public list, changes its title and values there, or takes it off with null. Players, seats, whether
   * a match runs and whether the lobby is locked follow by themselves, within a second. Resolves to null once it is listed so, else
   * to why it is not; the lobby goes on in any case.
   * @throws TypeError, RangeError (rejects) with a sentence for what cannot be listed, as `Listed` says, on every page.
   * @throws StarwireError (rejects) `signaling-down` when the code for lists, which is loaded with the first, cannot be.
   */
  list(listed: Listed | null): Promise<ListRefusal | null>
  /**
   * Gets a code for a lobby that was made `offline`; with one, it does nothing. Resolves to null, or to why not. Rejects with a
   * StarwireError as `createLobby` does, such as `signaling-down` or `no-webrtc`, and may be tried again.
   */
  open(): Promise<Refusal | null>
  /**
   * Takes a new code when the present one is `lost`; those who are here stay, and learn it. Resolves to null when `code` is
   * one that leads here or will again, else to why not. Rejects with a StarwireError when the lobby server is out of reach.
   */
  renewCode(): Promise<Refusal | null>
  /**
   * The last messages, oldest first, without those of whom this page has muted: at most 50, of them at most 20 system lines.
   * A late joiner and who comes back get what was said before.
   */
  readonly chat: readonly ChatMessage[]
  /** Whom this page has muted. */
  readonly muted: ReadonlySet<PlayerId>
  /**
   * Says something to all. The text is cleaned as `ChatText.text` describes, and what is longer is cut. Returns why it was not
   * said, or null when it is on its way: it then comes back as a message, or the event `unsaid` tells why the host refused it.
   * @throws TypeError when `text` is no text.
   */
  say(text: string): ChatRefusal | null
  /**
   * Does not show on this page what a player says, or shows it again, also what they said before. Nobody is told. It ends when
   * the player's seat is free: a player who joins anew is somebody else. Returns why not.
   */
  mute(player: PlayerId, isMuted: boolean): Refusal | null
  /**
   * Offers a file to one player, several, or `'all'` others, and sends it to each who accepts. It yields to the game: what it adds to
   * the delay of play is 20 ms at most. Resolves to one transfer for each of them, in that order; what keeps a file from being offered
   * is told as the `end` of its transfer. Each gets the file over the host's page, so it goes there once for each.
   * @throws TypeError (rejects) when `file` is no Blob or File, or `to` is no player; or an error when the code for files, which is loaded
   *   with the first of them, cannot be.
   */
  share(
    file: Blob,
    options: ShareOptions & { readonly to: PlayerId | readonly PlayerId[] | 'all' },
  ): Promise<readonly FileTransfer<PlayerId>[]>
  /** Voices of the players. Its code is loaded when it is first used. */
  readonly voice: Voice
  /** Pictures of the players. As voice, for those who join it. */
  readonly video: Video
  /** Leaves. Where another page can host, the lobby goes on with it; else a host closes the lobby for everybody. */
  leave(): void
  /**
   * The session of the match: resolves when the host starts it, at once while one runs. After `finish` it waits for the next
   * match, which has a session of its own. Rejects with a StarwireError when the lobby ends first.
   */
  session(): Promise<Session<G>>
}

/**
 * The lobby of a host without a player of its own, as `createLobby(game, { player: false })` makes it. No member of the roster
 * is `mine` or `host`. Its session tells of the match and shows the true world; there is no input and no view.
 */
export interface HeadlessLobby<G extends GameShape>
  extends Omit<
    Lobby<G>,
    'me' | 'spectate' | 'setReady' | 'choose' | 'setMyData' | 'say' | 'voice' | 'video' | 'session'
  > {
  readonly me: null
  /** As `session` of any lobby. */
  session(): Promise<HeadlessSession>
}
