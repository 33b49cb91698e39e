/** A game of nothing but entities, which nobody steers: what the worlds of the benches share. */

const none = {}

export interface BareShape<Entities> {
  input: typeof none
  entities: Entities
  globals: typeof none
  player: typeof none
  options: typeof none
  settings: typeof none
  events: typeof none
  commands: typeof none
  memory: Record<never, never>
  bots: never
}

export const bareGame = { version: 1, maxPlayers: 64, tickRate: 60, input: none, step() {} }
