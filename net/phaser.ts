/**
 * `starwire/phaser`: what appears, moves and goes in a view, as objects on a scene. It asks so little of an object
 * that it needs no Phaser itself; any engine's sprites with x, y and rotation will do.
 */
import type { EntityId, Game, GameShape, GoneReason, View, ViewEntity } from './index.ts'

/** What an entity can be drawn as: any game object of Phaser with a place, so sprites, images, containers, text. */
export interface SceneObject {
  x: number
  y: number
  /** Radians. */
  rotation?: number
  destroy(): void
}

/** How one type of entity is drawn. */
export interface EntityBinding<Entity, Drawn extends SceneObject> {
  /** Makes the object of an entity that is drawn for the first time; it is placed and turned right after. */
  create(entity: Entity): Drawn
  /** Runs in every frame, after `x`, `y` and `rotation` were set from the entity's `x`, `y` and `angle` where it has them. */
  update?(drawn: Drawn, entity: Entity): void
  /**
   * Runs when the entity is drawn no more; `entity` is as it was last. Default: `drawn.destroy()`. A binding that
   * writes its own destroys the object itself, at once or when its explosion is over, or keeps it for the next one.
   */
  gone?(drawn: Drawn, entity: Entity, reason: GoneReason): void
}

/** The objects of a scene that stand for the entities of one type. */
export interface BoundEntities<G extends GameShape, Drawn extends SceneObject> {
  /** Brings the objects up to date: call it once per frame, with the view of that frame. */
  draw(view: View<G>): void
  /** The object of an entity, or null when it is not drawn. */
  get(id: EntityId | null): Drawn | null
  /** Destroys every object, without a word to `gone`: for the end of the scene. */
  clear(): void
}

/** The fields that place an object, where the entity has them. */
interface Placed {
  readonly x?: unknown
  readonly y?: unknown
  readonly angle?: unknown
}

interface Slot<Entity, Drawn> {
  readonly drawn: Drawn
  readonly entity: Entity
  /** The frame that saw it last. */
  frame: number
}

/**
 * Draws the entities of one type as game objects.
 *
 * ```ts
 * // in create():
 * this.runners = bindEntities(tag, 'runner', {
 *   create: () => this.add.image(0, 0, 'runner'),
 *   update: (image, runner) => image.setAlpha(runner.it ? 1 : 0.7),
 * })
 * // in update():
 * const view = session.view(performance.now())
 * this.runners.draw(view)
 * ```
 *
 * Look once in a frame, and give that view to every binding and to all else that draws: a look at a later time is another
 * frame, whose `appeared` and `gone` hold only what is new since the look before.
 *
 * A frame in which nothing appears or goes allocates nothing here.
 *
 * @param game The game; it names the types of entity and gives theirs to the binding.
 * @param type Which entities.
 * @throws TypeError when the game has no such type of entity.
 */
export function bindEntities<G extends GameShape, Name extends keyof G['entities'] & string, Drawn extends SceneObject>(
  game: Game<G>,
  type: Name,
  binding: EntityBinding<ViewEntity<G, Name>, Drawn>,
): BoundEntities<G, Drawn> {
  type Entity = ViewEntity<G, Name>
  if (!game.schema.entities.has(type))
    throw new TypeError(
      `There is no entity type "${type}". The game has ${[...game.schema.entities.keys()].join(', ')}.`,
    )
  const slots = new Map<EntityId, Slot<Entity, Drawn>>()
  let frame = 0

  const release = (slot: Slot<Entity, Drawn>, reason: GoneReason): void => {
    slots.delete(slot.entity.id)
    if (binding.gone) binding.gone(slot.drawn, slot.entity, reason)
    else slot.drawn.destroy()
  }

  return {
    draw(view) {
      frame++
      let seen = 0
      for (const entity of view.all(type)) {
        seen++
        let slot = slots.get(entity.id)
        // The same id under another object is another entity.
        if (slot && slot.entity !== entity) {
          release(slot, 'out of view')
          slot = undefined
        }
        if (!slot) {
          slot = { drawn: binding.create(entity), entity, frame }
          slots.set(entity.id, slot)
        }
        slot.frame = frame
        place(slot.drawn, entity)
        binding.update?.(slot.drawn, entity)
      }
      if (seen === slots.size) return
      for (const slot of slots.values()) if (slot.frame !== frame) release(slot, reasonIn(view, slot.entity.id))
    },
    get: (id) => (id === null ? null : (slots.get(id)?.drawn ?? null)),
    clear() {
      for (const { drawn } of slots.values()) drawn.destroy()
      slots.clear()
    },
  }
}

function place(drawn: SceneObject, entity: object): void {
  const { x, y, angle } = entity as Placed
  if (typeof x === 'number') drawn.x = x
  if (typeof y === 'number') drawn.y = y
  if (typeof angle === 'number') drawn.rotation = angle
}

/** A view that was read between two frames of the scene has told of the end to nobody here: then it was out of view. */
function reasonIn<G extends GameShape>(view: View<G>, id: EntityId): GoneReason {
  for (const gone of view.gone) if (gone.entity.id === id) return gone.reason
  return 'out of view'
}
