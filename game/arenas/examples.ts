/** Arenas that the page brings along: to be played, and as templates for one's own. Each is a file as anybody's (arena-file.ts). */
import type { Arena } from './arena.ts'
import canyon from './canyon.arena.json' with { type: 'json' }
import duel from './duel.arena.json' with { type: 'json' }
import moons from './moons.arena.json' with { type: 'json' }
import ring from './ring.arena.json' with { type: 'json' }

/** A ring of large rocks around a moon; two walls with gaps; cover everywhere; and one for two. */
export const exampleArenas: readonly Arena[] = [ring, canyon, moons, duel].map(({ name, width, height, rocks }) => ({
  ...{ name, width, height, rocks },
}))
