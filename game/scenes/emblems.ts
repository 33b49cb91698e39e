/** Pictures on ships: a small round one on each hull whose pilot has one. In: the canvas of each player, from the page. */
import type Phaser from 'phaser'
import { liveryOf } from '../looks/palette.ts'
import type { EntityId, PlayerId } from '../rules/shape.ts'
import { type DogstarView, depth } from './parts.ts'

/** Units across: the hull below stays to be seen, and on a phone it is still a face. */
const SPAN = 25
/** Pixels of the texture. */
const SIZE = 128

/** One ship's. */
interface Emblem {
  readonly picture: HTMLCanvasElement
  readonly key: string
  readonly image: Phaser.GameObjects.Image
}

export function makeEmblems(
  scene: Phaser.Scene,
  pictureOf: (player: PlayerId) => HTMLCanvasElement | null,
): { draw(view: DogstarView): void } {
  const emblems = new Map<EntityId, Emblem>()
  let made = 0

  const remove = (id: EntityId, { image, key }: Emblem): void => {
    image.destroy()
    scene.textures.remove(key)
    emblems.delete(id)
  }
  const make = (id: EntityId, picture: HTMLCanvasElement, color: number): Emblem | null => {
    const key = `emblem-${made++}`
    const texture = scene.textures.createCanvas(key, SIZE, SIZE)
    if (!texture) return null
    paintEmblem(texture.context, picture, liveryOf(color).color)
    texture.refresh()
    const image = scene.add
      .image(0, 0, key)
      .setDisplaySize(SPAN, SPAN)
      .setDepth(depth.hulls + 1)
    const emblem = { picture, key, image }
    emblems.set(id, emblem)
    return emblem
  }
  return {
    draw(view) {
      const seen = new Set<EntityId>()
      for (const { id, owner, x, y } of view.all('ship')) {
        const picture = owner === null ? null : pictureOf(owner)
        if (!picture || owner === null) continue
        const known = emblems.get(id)
        if (known && known.picture !== picture) remove(id, known)
        const emblem = emblems.get(id) ?? make(id, picture, view.player(owner).color)
        emblem?.image.setPosition(x, y).setAlpha(view.player(owner).leftAt === 0 ? 1 : 0.4)
        seen.add(id)
      }
      for (const [id, emblem] of emblems) if (!seen.has(id)) remove(id, emblem)
    },
  }
}

/** The picture with a ring in the colour of the ship, dark outside, to be read on any hull. */
function paintEmblem(ctx: CanvasRenderingContext2D, picture: HTMLCanvasElement, color: string): void {
  const middle = SIZE / 2
  ctx.drawImage(picture, 8, 8, SIZE - 16, SIZE - 16)
  for (const [stroke, width, radius] of [
    ['rgba(4,6,14,0.9)', 8, middle - 4],
    [color, 6, middle - 9],
  ] as const) {
    ctx.strokeStyle = stroke
    ctx.lineWidth = width
    ctx.beginPath()
    ctx.arc(middle, middle, radius, 0, 2 * Math.PI)
    ctx.stroke()
  }
}
