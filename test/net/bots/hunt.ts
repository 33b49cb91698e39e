/** A game for the tests of bots: hunters see what is near, and have secrets. */
import { defineGame, entity, type ShapeOf, t } from 'starwire'

export const hunt = defineGame({
  id: 'hunt',
  version: 1,
  maxPlayers: 4,
  input: { x: t.int(-1, 1), fire: t.button() },
  entities: {
    hunter: entity({
      x: t.fixed({ min: 0, max: 1000, step: 1 / 8 }),
      plan: t.int(0, 99, { to: 'owner', default: 7 }),
      card: t.int(0, 99, { by: 'referee', to: 'nobody', default: 42 }),
      shots: t.int(0, 999),
    }),
    hare: entity({ x: t.fixed({ min: 0, max: 1000, step: 1 / 8 }), hidden: t.bool() }, { predict: 'none' }),
  },
  memory: { ticks: t.int(0, 9999), prey: t.entity(), luck: t.fixed({ min: 0, max: 1, step: 1 / 4096 }) },
  bots: {
    /** Runs to the first hare that it sees. */
    runner(view, me, memory) {
      memory.ticks += 1
      memory.luck = me.random(1)
      const [hare] = view.all('hare')
      const own = [...view.all('hunter')].find(({ mine }) => mine)
      memory.prey = hare?.id ?? null
      return { x: !hare || !own ? 0 : Math.sign(hare.x - own.x), fire: me.skill > 0.9 }
    },
    /** Fails in its tenth tick. */
    clumsy(_view, _me, memory) {
      memory.ticks += 1
      if (memory.ticks === 10) throw new Error('stumbled')
      return { x: 1 }
    },
    odd: () => ({ jump: true }) as never,
  },
  step(world) {
    for (const hunter of world.all('hunter')) {
      const { x, fire } = world.inputOf(hunter.owner)
      hunter.x += x * 2
      if (fire) hunter.shots += 1
    }
  },
  referee(world) {
    if (world.tick === 1) world.spawn('hare', { x: 600 })
    for (const owner of world.joined) world.spawn('hunter', { owner, x: 100 })
    for (const hare of world.all('hare')) hare.x += 1
  },
  relevant: (entity) => (entity.type === 'hare' && entity.hidden ? 0 : 1),
})

export type Hunt = ShapeOf<typeof hunt>
