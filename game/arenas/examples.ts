/** Arenas that the page brings along: to be played, and as templates for one's own. */
import type { RockPlace } from '../rules/arena.ts'
import type { Arena } from './arena.ts'

const rock = (x: number, y: number, size: number): RockPlace => ({ x, y, size })

/** A ring of large rocks, open in the middle: whoever flees has to thread it. */
const ring: Arena = {
  name: 'Ring',
  width: 2400,
  height: 1600,
  rocks: [
    rock(1200, 300, 3),
    rock(1554, 446, 3),
    rock(1700, 800, 3),
    rock(1554, 1154, 3),
    rock(1200, 1300, 3),
    rock(846, 1154, 3),
    rock(700, 800, 3),
    rock(846, 446, 3),
    rock(1200, 740, 1),
    rock(1260, 800, 1),
    rock(1200, 860, 1),
    rock(1140, 800, 1),
  ],
}

/** Two walls of rocks with gaps, along the whole length. */
const canyon: Arena = {
  name: 'Canyon',
  width: 3000,
  height: 1200,
  rocks: [300, 700, 1100, 1500, 1900, 2300, 2700].flatMap((x, i) => [
    rock(x, 400 + (i % 2) * 60, i % 3 === 2 ? 2 : 3),
    rock(x, 800 - (i % 2) * 60, i % 3 === 0 ? 2 : 3),
  ]),
}

/** Small and nearly empty: for two. */
const duel: Arena = {
  name: 'Duel',
  width: 1300,
  height: 900,
  rocks: [rock(650, 450, 3), rock(325, 225, 2), rock(975, 675, 2), rock(975, 225, 1), rock(325, 675, 1)],
}

export const exampleArenas: readonly Arena[] = [ring, canyon, duel]
