/**
 * The lobby's password on the host's page: whom it is asked of, whether a guess is right, and how often somebody may guess.
 * The host keeps a salt and the hash of a key (`password-key.ts`), never the password.
 *
 * A wrong guess is charged to three budgets: the guest's browser, their address where its mark is given, and all guests together. A
 * guess over the budget of its browser or address is not looked at, and not charged to the others. The budget of all stops an attacker
 * who takes a new browser name for each guess; while they go on, other guests may have to try several times. Right guesses are free.
 */
import { TokenBucket } from '../../congestion/token-bucket.ts'
import type { Platform } from '../../platform/platform.ts'
import { randomHex } from '../random-hex.ts'
import type { GuestMarks } from './guest-marks.ts'

/** Guesses of one browser: a player mistypes twice, not ten times. */
const BROWSER_BURST = 5
const SECONDS_PER_BROWSER_GUESS = 20
/** Guesses of one address: a school class of thirty may mistype. */
const ADDRESS_BURST = 30
const SECONDS_PER_ADDRESS_GUESS = 5
/** Guesses of all guests: 86,400 a day. Four digits are found in an hour or two, six letters in ten years. */
const BURST_OF_ALL = 120
const SECONDS_PER_GUESS_OF_ALL = 1
/** Budgets that are kept. Beyond it the oldest are dropped: their owners begin with full ones. */
const MAX_BUDGETS = 1000

const SALT_BYTES = 16

/** What the host keeps of a password. Plain data, for an heir. `hash`: null while it is computed; until then guesses wait. */
export interface PasswordVerifier {
  readonly salt: string
  readonly hash: string | null
}

/** `right`, `wrong`, or in how many seconds the next guess is looked at. */
export type GuessOutcome = 'right' | 'wrong' | { readonly waitSeconds: number }

type Hashing = typeof import('./password-key.ts')

export class PasswordGuard {
  private verifier: PasswordVerifier | null
  /** Resolves when the hash of the newest password is computed. */
  private computing: Promise<unknown> = Promise.resolve()
  private readonly platform: Platform
  private readonly budgets = new Map<string, Budget>()
  private readonly all = newBudget(BURST_OF_ALL, SECONDS_PER_GUESS_OF_ALL)

  /** `verifier`: that of the host before, when this page takes over. */
  constructor(platform: Platform, verifier: PasswordVerifier | null = null) {
    this.platform = platform
    this.verifier = verifier
  }

  /** What guests mix into the key of a guess; null: there is no password. */
  get salt(): string | null {
    return this.verifier?.salt ?? null
  }

  save(): PasswordVerifier | null {
    return this.verifier
  }

  /** From now on newcomers are asked for this password; null: for none. Resolves when it can be guessed. */
  async set(password: string | null): Promise<void> {
    if (password === null) {
      this.verifier = null
      return
    }
    const salt = randomHex(this.platform, SALT_BYTES)
    const isOver = (): boolean => this.verifier?.salt !== salt
    this.verifier = { salt, hash: null }
    const computing = this.compute(password, salt, isOver)
    this.computing = computing.catch(() => {})
    await computing
  }

  private async compute(password: string, salt: string, isOver: () => boolean): Promise<void> {
    const { passwordKey, hashOfKey } = await hashing()
    const key = await passwordKey(password, salt, this.platform, isOver)
    if (key !== null && !isOver()) this.verifier = { salt, hash: hashOfKey(key) }
  }

  /** A guest shows a key. It is looked at only when each of their budgets has a guess left. */
  async guess(key: string, marks: GuestMarks): Promise<GuessOutcome> {
    const budgets = this.budgetsOf(marks)
    const now = this.platform.now()
    const waits = budgets.map(({ bucket, secondsPerGuess }) => (1 - bucket.available(now)) * secondsPerGuess)
    const waitSeconds = Math.ceil(Math.max(...waits))
    if (waitSeconds > 0) return { waitSeconds }
    // Charged before the first await, or guesses that come together would all be looked at.
    for (const { bucket } of budgets) bucket.spend(1)
    const { hashOfKey } = await hashing()
    await this.computing
    const isRight = this.verifier === null || this.verifier.hash === hashOfKey(key)
    if (isRight) for (const { bucket } of budgets) bucket.spend(-1)
    return isRight ? 'right' : 'wrong'
  }

  private budgetsOf({ browser, address }: GuestMarks): Budget[] {
    const budgets = [this.all]
    if (browser !== null) budgets.push(this.budgetOf(`browser ${browser}`, BROWSER_BURST, SECONDS_PER_BROWSER_GUESS))
    if (address !== null) budgets.push(this.budgetOf(`address ${address}`, ADDRESS_BURST, SECONDS_PER_ADDRESS_GUESS))
    return budgets
  }

  private budgetOf(whose: string, burst: number, secondsPerGuess: number): Budget {
    const budget = this.budgets.get(whose) ?? newBudget(burst, secondsPerGuess)
    this.budgets.delete(whose)
    this.budgets.set(whose, budget)
    for (const oldest of this.budgets.keys()) {
      if (this.budgets.size <= MAX_BUDGETS) break
      this.budgets.delete(oldest)
    }
    return budget
  }
}

interface Budget {
  readonly bucket: TokenBucket
  readonly secondsPerGuess: number
}

function newBudget(burst: number, secondsPerGuess: number): Budget {
  return { bucket: new TokenBucket(1 / secondsPerGuess, burst), secondsPerGuess }
}

function hashing(): Promise<Hashing> {
  return import('./password-key.ts')
}
