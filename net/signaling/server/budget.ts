/**
 * Accounts of tokens that refill all the time, by address, socket or ticket; what each is for stands in limits.ts. Time
 * comes in, so tests need not wait. A library counts in windows: at the end of one, a whole class waits up to a minute.
 */
import { type SignalingLimits, WIDER_FACTOR } from './limits.ts'

export type Limited =
  | 'lobbies'
  | 'joins'
  | 'wrongCodes'
  | 'redials'
  | 'redialsOfAddress'
  | 'messages'
  | 'frames'
  | 'badMessages'

/** Accounts kept at most, of each kind; the one used least recently is forgotten, and begins full again. */
const MAX_ACCOUNTS = 100_000

/** How long a wrong code counts as known to an address, in ms. */
const KNOWN_MS = 60_000

interface Rate {
  /** Tokens of a full account. */
  burst: number
  perMs: number
}

interface Account {
  tokens: number
  at: number
  /** How many times the common budget this account has. */
  readonly factor: number
}

/** What rounding may take from a token that was waited for exactly as long as was said. */
const ROUNDING = 1e-6

class Accounts {
  private readonly rate: Rate
  private readonly accounts = new Map<string, Account>()

  constructor(rate: Rate) {
    this.rate = rate
  }

  private find(key: string, now: number, factor: number): Account {
    const found = this.accounts.get(key)
    this.accounts.delete(key)
    const account = found ?? { tokens: this.rate.burst * factor, at: now, factor }
    account.tokens = this.tokensOf(account, now)
    account.at = now
    // The newest is last, so the first is the one to forget.
    this.accounts.set(key, account)
    for (const oldest of this.accounts.keys()) {
      if (this.accounts.size <= MAX_ACCOUNTS) break
      this.accounts.delete(oldest)
    }
    return account
  }

  private tokensOf({ tokens, at, factor }: Account, now: number): number {
    // A clock that is set back refills nothing and takes nothing.
    return Math.min(this.rate.burst * factor, tokens + Math.max(0, now - at) * this.rate.perMs * factor)
  }

  /** Ms until there is a token; 0 when there is one. */
  wait(key: string, now: number, factor = 1): number {
    const { tokens } = this.find(key, now, factor)
    return tokens >= 1 - ROUNDING ? 0 : (1 - tokens) / (this.rate.perMs * factor)
  }

  spend(key: string, now: number, factor = 1): void {
    this.find(key, now, factor).tokens--
  }

  /** Forgets accounts that are full: a new one is just as full. */
  tidy(now: number): void {
    for (const [key, account] of this.accounts) {
      if (this.tokensOf(account, now) >= this.rate.burst * account.factor) this.accounts.delete(key)
    }
  }

  get size(): number {
    return this.accounts.size
  }
}

/** Whose tokens are spent: an address, and for IPv6 the wider network around it as well. */
export interface Payer {
  readonly address: string
  readonly wider: string | null
}

export interface Budget {
  /** Takes a token of `key`. 0 when there was one, else the ms until there will be. */
  take(what: Limited, key: string): number
  /** As `take`, of an address and of the network around it. */
  takeOf(what: Limited, from: Payer): number
  /** Ms until this address may ask about a code; 0 for now. */
  waitToGuess(from: Payer): number
  /** This address asked about a code that no lobby has. */
  guessedWrong(from: Payer, code: string): void
  /** Lets go of what is not needed any more. */
  tidy(): void
  /** Accounts in memory. */
  readonly size: number
}

export function createBudget(limits: SignalingLimits, now: () => number): Budget {
  const perMinute = (tokens: number): Accounts => new Accounts({ burst: tokens, perMs: tokens / 60_000 })
  const accounts: Record<Limited, Accounts> = {
    lobbies: perMinute(limits.lobbiesPerMinute),
    joins: perMinute(limits.joinsPerMinute),
    wrongCodes: perMinute(limits.wrongCodesPerMinute),
    redials: perMinute(limits.redialsPerMinute),
    redialsOfAddress: perMinute(limits.redialsPerAddress),
    badMessages: perMinute(limits.badMessagesPerMinute),
    messages: new Accounts({
      burst: limits.messageBurst + limits.messagesPerSecond,
      perMs: limits.messagesPerSecond / 1000,
    }),
    frames: new Accounts({ burst: limits.framesPerSecond * 10, perMs: limits.framesPerSecond / 1000 }),
  }
  /** `address code`, oldest first, and until when it is known. */
  const known = new Map<string, number>()

  function waitOf(what: Limited, { address, wider }: Payer): number {
    const own = accounts[what].wait(address, now())
    return wider === null ? own : Math.max(own, accounts[what].wait(wider, now(), WIDER_FACTOR))
  }

  function spendOf(what: Limited, { address, wider }: Payer): void {
    accounts[what].spend(address, now())
    if (wider !== null) accounts[what].spend(wider, now(), WIDER_FACTOR)
  }

  return {
    take(what, key) {
      const wait = accounts[what].wait(key, now())
      if (wait === 0) accounts[what].spend(key, now())
      return wait
    },
    takeOf(what, from) {
      const wait = waitOf(what, from)
      if (wait === 0) spendOf(what, from)
      return wait
    },
    waitToGuess: (from) => waitOf('wrongCodes', from),
    guessedWrong(from, code) {
      const guess = `${from.address} ${code}`
      const until = known.get(guess) ?? Number.NEGATIVE_INFINITY
      known.delete(guess)
      known.set(guess, now() + KNOWN_MS)
      for (const oldest of known.keys()) {
        if (known.size <= MAX_ACCOUNTS) break
        known.delete(oldest)
      }
      if (until <= now()) spendOf('wrongCodes', from)
    },
    tidy() {
      for (const kind of Object.values(accounts)) kind.tidy(now())
      for (const [guess, until] of known) {
        if (until > now()) break
        known.delete(guess)
      }
    },
    get size() {
      return Object.values(accounts).reduce((sum, { size }) => sum + size, known.size)
    },
  }
}
