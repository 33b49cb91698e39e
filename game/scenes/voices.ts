/**
 * Voices in the arena: a mark above the ship of whoever speaks, and for the page where each ship is, so that it can be heard from there.
 * In: who speaks, by the page. The game knows nothing of how voices travel.
 */
import type Phaser from 'phaser'
import { paintTexture } from '../looks/canvas.ts'
import type { EntityId, PlayerId } from '../rules/shape.ts'
import { labelScaleOf } from './fleet.ts'
import { type DogstarView, depth, shipOf } from './parts.ts'

export interface Voices {
  /** Where a player's ship was drawn last; null without a ship. */
  placeOf(player: PlayerId): { readonly x: number; readonly y: number } | null
  makeMarks(scene: Phaser.Scene): { draw(view: DogstarView): void }
}

const VOICE = 'voice'
/** Of the texture, twice what is drawn at the least. */
const SIZE = 48
/** Units from the ship's middle to the lower edge of its name, and the name's height (fleet.ts). */
const BELOW_NAME = 38
const NAME_HEIGHT = 18

export function makeVoices(speaks: (player: PlayerId) => boolean): Voices {
  let shown: DogstarView | null = null
  return {
    placeOf(player) {
      const ship = shown && shipOf(shown, player)
      return ship && { x: ship.x, y: ship.y }
    },
    makeMarks(scene) {
      paintTexture(scene, VOICE, SIZE, SIZE, paintVoice)
      const marks = new Map<EntityId, Phaser.GameObjects.Image>()
      return {
        draw(view) {
          shown = view
          const scale = labelScaleOf(scene)
          const seen = new Set<EntityId>()
          for (const { id, owner, x, y } of view.all('ship')) {
            if (owner === null || !speaks(owner)) continue
            seen.add(id)
            const mark = marks.get(id) ?? scene.add.image(0, 0, VOICE).setOrigin(0.5, 1).setDepth(depth.labels)
            marks.set(id, mark)
            mark.setPosition(x, y - BELOW_NAME - NAME_HEIGHT * scale).setScale((scale * 22) / SIZE)
          }
          for (const [id, mark] of marks) {
            if (seen.has(id)) continue
            mark.destroy()
            marks.delete(id)
          }
        },
      }
    },
  }
}

/** A mouth with three waves, bright with a dark edge, to be read on any background. */
function paintVoice(ctx: CanvasRenderingContext2D): void {
  ctx.lineCap = 'round'
  for (const [color, width] of [
    ['rgba(4,6,14,0.85)', 9],
    ['#7ee8b5', 4.5],
  ] as const) {
    ctx.strokeStyle = color
    ctx.lineWidth = width
    for (const radius of [7, 17, 27]) {
      ctx.beginPath()
      ctx.arc(10, SIZE / 2, radius, -0.7, 0.7)
      ctx.stroke()
    }
  }
}
