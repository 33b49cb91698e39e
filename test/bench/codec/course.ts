/** How long each part of `npm run bench -- codec` takes, and what the parts share. */

export const SEED = 1
/** The scenarios of the arena, which have players and targets of their own. */
export const arenas = ['S', 'M', 'L'] as const
export type Arena = (typeof arenas)[number]

export function isArena(scenario: string): scenario is Arena {
  return (arenas as readonly string[]).includes(scenario)
}

/** What is wrong or too long anywhere counts. */
export class Totals {
  wrong = 0
  tooLong = 0
}

/** In seconds of the scenarios' time. */
export interface Lengths {
  /** Of the traces for time and memory. */
  readonly cost: number
  /** Of the plain rows. */
  readonly bytes: number
  /** Of the plain rows of walkers, bodies and yard. */
  readonly others: number
  /** Of every cell of the matrix, and where there is a target. */
  readonly matrix: number
  readonly target: number
  readonly ladder: Readonly<Record<Arena, number>>
  /** Of the simulated matches, and clients looked through. */
  readonly match: number
  readonly viewers: number
}

export const short: Lengths = {
  cost: 15,
  bytes: 15,
  others: 10,
  matrix: 5,
  target: 12,
  ladder: { S: 8, M: 6, L: 4 },
  match: 10,
  viewers: 2,
}
export const long: Lengths = {
  cost: 30,
  bytes: 30,
  others: 30,
  matrix: 30,
  target: 30,
  ladder: { S: 30, M: 30, L: 30 },
  match: 30,
  viewers: 4,
}

/** On stderr, so that the tables can be kept without it. */
export function progress(what: string): void {
  console.error(`${performance.now().toFixed(0).padStart(7)} ms  ${what}`)
}
