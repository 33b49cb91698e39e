/**
 * Accounts of tokens that refill all the time, by address, socket or ticket; what each is for stands in limits.ts. Time
 * comes in, so tests need not wait. A library counts in windows: at the end of one, a whole class waits up to a minute. Where
 * several processes share a store, what addresses do is counted there as well.
 */
import { TokenBucket } from '../../congestion/token-bucket.ts'
import { type SignalingLimits, WIDER_FACTOR } from './limits.ts'

export type Limited =
  | 'lobbies'
  | 'joins'
  | 'wrongCodes'
  | 'redials'
  | 'redialsOfAddress'
  | 'listings'
  | 'finds'
  | 'relays'
  | 'messages'
  | 'frames'
  | 'badMessages'

/** Accounts kept at most, of each kind; the one used least recently is forgotten, and begins full again. */
const MAX_ACCOUNTS = 100_000

/** How long a wrong code counts as known to an address, in ms. */
const KNOWN_MS = 60_000

interface Rate {
  /** Tokens of a full account. */
  readonly burst: number
  readonly perSecond: number
}

/** `factor`: how many times the common budget this account has. */
interface Account {
  readonly bucket: TokenBucket
  readonly factor: number
}

/** What rounding may take from a token that was waited for exactly as long as was said. */
const ROUNDING = 1e-6

class Accounts {
  readonly #rate: Rate
  /** The account used last is last, so the first is the one to forget. */
  readonly #accounts = new Map<string, Account>()

  constructor(rate: Rate) {
    this.#rate = rate
  }

  get size(): number {
    return this.#accounts.size
  }

  /** Ms until there is a token; 0 when there is one. */
  wait(key: string, now: number, factor = 1): number {
    const bucket = this.#find(key, factor)
    const missing = 1 - bucket.available(now) + bucket.debt
    return missing <= ROUNDING ? 0 : (missing / (this.#rate.perSecond * factor)) * 1000
  }

  spend(key: string, now: number, factor = 1): void {
    const bucket = this.#find(key, factor)
    bucket.available(now)
    bucket.spend(1)
  }

  /** Forgets accounts that are full: a new one is just as full. */
  tidy(now: number): void {
    for (const [key, { bucket, factor }] of this.#accounts) {
      if (bucket.available(now) >= this.#rate.burst * factor) this.#accounts.delete(key)
    }
  }

  #find(key: string, factor: number): TokenBucket {
    const { burst, perSecond } = this.#rate
    const account = this.#accounts.get(key) ?? { bucket: new TokenBucket(perSecond * factor, burst * factor), factor }
    this.#accounts.delete(key)
    this.#accounts.set(key, account)
    forgetOldest(this.#accounts)
    return account.bucket
  }
}

function forgetOldest(of: Map<string, unknown>): void {
  for (const oldest of of.keys()) {
    if (of.size <= MAX_ACCOUNTS) break
    of.delete(oldest)
  }
}

/** Whose tokens are spent: an address, and for IPv6 the wider network around it as well. */
export interface Payer {
  readonly address: string
  readonly wider: string | null
}

/** What all processes of a service count together: what addresses do. */
export type Common = 'lobbies' | 'joins' | 'wrongCodes' | 'redialsOfAddress' | 'finds'

/**
 * Accounts that several processes share. They come on top of each process's own, so they may be coarser. A service whose
 * accounts are out of reach answers 0: the processes' own go on.
 */
export interface CommonBudget {
  /** Takes a token. 0 when there was one, else the ms until there will be. */
  take(what: Common, key: string, factor: number): Promise<number>
  /** As `take`, and takes none. */
  wait(what: Common, key: string, factor: number): Promise<number>
}

const noCommonBudget: CommonBudget = { take: async () => 0, wait: async () => 0 }

export interface Budget {
  /** Takes a token of `key`. 0 when there was one, else the ms until there will be. */
  take(what: Limited, key: string): number
  /** As `take`, of an address and of the network around it, in the whole service. */
  takeOf(what: Common, from: Payer): Promise<number>
  /** Ms until this address may ask about a code; 0 for now. */
  waitToGuess(from: Payer): Promise<number>
  /** This address asked about a code that no lobby has. */
  guessedWrong(from: Payer, code: string): Promise<void>
  /** Lets go of what is not needed any more. */
  tidy(): void
  /** Accounts in memory. */
  readonly size: number
}

export function createBudget(
  limits: SignalingLimits,
  now: () => number,
  common: CommonBudget = noCommonBudget,
): Budget {
  const perMinute = (tokens: number): Accounts => new Accounts({ burst: tokens, perSecond: tokens / 60 })
  const accounts: Record<Limited, Accounts> = {
    lobbies: perMinute(limits.lobbiesPerMinute),
    joins: perMinute(limits.joinsPerMinute),
    wrongCodes: perMinute(limits.wrongCodesPerMinute),
    redials: perMinute(limits.redialsPerMinute),
    redialsOfAddress: perMinute(limits.redialsPerAddress),
    listings: perMinute(limits.listingsPerMinute),
    finds: perMinute(limits.findsPerMinute),
    relays: perMinute(limits.relaysPerMinute),
    badMessages: perMinute(limits.badMessagesPerMinute),
    messages: new Accounts({
      burst: limits.messageBurst + limits.messagesPerSecond,
      perSecond: limits.messagesPerSecond,
    }),
    frames: new Accounts({ burst: limits.framesPerSecond * 10, perSecond: limits.framesPerSecond }),
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

  /** The longest wait of the service's accounts for this address. */
  async function commonWait(ask: 'take' | 'wait', what: Common, { address, wider }: Payer): Promise<number> {
    const own = common[ask](what, address, 1)
    return wider === null ? own : Math.max(...(await Promise.all([own, common[ask](what, wider, WIDER_FACTOR)])))
  }

  return {
    take(what, key) {
      const wait = accounts[what].wait(key, now())
      if (wait === 0) accounts[what].spend(key, now())
      return wait
    },
    async takeOf(what, from) {
      const wait = waitOf(what, from)
      if (wait > 0) return wait
      spendOf(what, from)
      return commonWait('take', what, from)
    },
    async waitToGuess(from) {
      return waitOf('wrongCodes', from) || commonWait('wait', 'wrongCodes', from)
    },
    async guessedWrong(from, code) {
      const guess = `${from.address} ${code}`
      const until = known.get(guess) ?? Number.NEGATIVE_INFINITY
      known.delete(guess)
      known.set(guess, now() + KNOWN_MS)
      forgetOldest(known)
      if (until > now()) return
      spendOf('wrongCodes', from)
      await commonWait('take', 'wrongCodes', from)
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
