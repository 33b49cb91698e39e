/** A guest that plays on, whatever happens to its network, and what it can tell of that: the same in Node and in pages. */
import { type JoinOptions, joinLobby, type Lobby, type Session, type ShapeOf } from 'starwire'
import { drift } from './drift.ts'

export interface Played {
  /** Of the lobby: `playing`, or what it is instead. */
  readonly state: string
  readonly route: string | null
  /** Its seat, and the ids of its ships as it sees them. */
  readonly seat: string
  readonly ships: string
  /** Session objects so far. A reload of the page would begin at one again, and with no beats. */
  readonly sessions: number
  /** How often the beacon was seen to go on since the last question, and the longest time without that, ms. */
  readonly beats: number
  readonly longestGapMs: number
  /** How often this page looked since then, and the longest time between two looks: a machine too busy shows here. */
  readonly longestPauseMs: number
  /** States of the lobby since then, in their order. */
  readonly states: readonly string[]
}

const FRAME_MS = 16

export class Playing {
  readonly #lobby: Lobby<ShapeOf<typeof drift>>
  readonly #sessions = new Set<Session<ShapeOf<typeof drift>>>()
  #session: Session<ShapeOf<typeof drift>> | null = null
  #lastBeat = -1
  #beatAt = performance.now()
  #lookedAt = performance.now()
  #beats = 0
  #longestGapMs = 0
  #longestPauseMs = 0
  #states: string[] = []

  static async join(code: string, options: Omit<JoinOptions, 'name'>): Promise<Playing> {
    return new Playing(await joinLobby(drift, code, { ...options, development: false, name: 'Guest' }))
  }

  private constructor(lobby: Lobby<ShapeOf<typeof drift>>) {
    this.#lobby = lobby
    lobby.on('state', (state) => {
      this.#states.push(state)
      if (state === 'playing') void this.#begin()
    })
    void this.#begin()
    setInterval(() => this.#look(), FRAME_MS)
  }

  /** What happened since the last question. */
  told(): Played {
    const now = performance.now()
    const played = {
      state: this.#lobby.state,
      route: this.#lobby.connection?.route ?? null,
      seat: String(this.#lobby.me),
      ships: this.#ownShips().join(','),
      sessions: this.#sessions.size,
      beats: this.#beats,
      longestGapMs: Math.round(Math.max(this.#longestGapMs, now - this.#beatAt)),
      longestPauseMs: Math.round(this.#longestPauseMs),
      states: this.#states,
    }
    this.#beats = 0
    this.#longestGapMs = 0
    this.#longestPauseMs = 0
    this.#states = []
    return played
  }

  async #begin(): Promise<void> {
    this.#session = await this.#lobby.session()
    this.#sessions.add(this.#session)
  }

  #look(): void {
    const now = performance.now()
    this.#longestPauseMs = Math.max(this.#longestPauseMs, now - this.#lookedAt)
    this.#lookedAt = now
    this.#session?.input({ turn: 0 })
    const [beacon] = this.#session?.view(now).all('beacon') ?? []
    if (!beacon || beacon.beats === this.#lastBeat) return
    this.#longestGapMs = Math.max(this.#longestGapMs, now - this.#beatAt)
    this.#lastBeat = beacon.beats
    this.#beatAt = now
    this.#beats++
  }

  #ownShips(): string[] {
    const ships = [...(this.#session?.view(performance.now()).all('ship') ?? [])]
    return ships.filter(({ mine }) => mine).map(({ id }) => String(id))
  }
}
