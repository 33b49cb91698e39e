/** Bots are typed by the game: what they see, remember and return. */
import { defineGame, entity, type ShapeOf, t } from 'starwire'

export const game = defineGame({
  id: 'typed',
  version: 1,
  maxPlayers: 4,
  input: { x: t.int(-1, 1), fire: t.bool() },
  entities: { ship: entity({ x: t.int(0, 9), secret: t.int(0, 9, { to: 'nobody' }) }) },
  memory: { target: t.entity(), mood: t.enum(['calm', 'angry']) },
  bots: {
    ace(view, me, memory) {
      const target = view.get('ship', memory.target)
      memory.mood = 'angry'
      // @ts-expect-error There is no such mood.
      memory.mood = 'sad'
      // @ts-expect-error A bot sees no hidden field.
      if (target?.secret === 3) return {}
      // @ts-expect-error There is no such type.
      view.all('moon')
      for (const ship of view.all('ship')) if (!ship.mine) memory.target = ship.id
      return { x: target && target.x > me.random(1) ? 1 : -1 }
    },
    idle: () => ({}),
  },
  step() {},
})

export const kind: ShapeOf<typeof game>['bots'] = 'ace'
// @ts-expect-error There is no such bot.
export const unknown: ShapeOf<typeof game>['bots'] = 'nobody'
