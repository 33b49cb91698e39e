/** Places that matter: the closing edge, and the beacon with its circle and how far it is taken. */
import type Phaser from 'phaser'
import { liveryOf } from '../looks/palette.ts'
import { BEACON_CHARGE, BEACON_RADIUS, TEAM_COLORS, type Team } from '../rules/balance.ts'
import { edgeRadius } from '../rules/edge.ts'
import { type DogstarView, depth } from './parts.ts'

const BURNING = 0xff4d3a
const NOBODYS = 0xdfe8ff
/** Units of burning space that are drawn outside the edge: more than any picture shows. */
const OUTSIDE = 2400

export function makeZones(scene: Phaser.Scene): { draw(view: DogstarView, time: number): void } {
  const ground = scene.add.graphics().setDepth(depth.outside)
  return {
    draw(view, time) {
      ground.clear()
      drawEdge(ground, view, time)
      drawBeacon(ground, view, time)
    },
  }
}

/** The colour of a team as a number; white for nobody's. */
export function teamTint(team: Team | 'none'): number {
  return team === 'none' ? NOBODYS : Number.parseInt(liveryOf(TEAM_COLORS[team]).color.slice(1), 16)
}

function drawEdge(ground: Phaser.GameObjects.Graphics, view: DogstarView, time: number): void {
  const radius = edgeRadius(view)
  if (radius === null) return
  const [x, y] = [view.settings.arenaWidth / 2, view.settings.arenaHeight / 2]
  ground.lineStyle(OUTSIDE, BURNING, 0.13 + 0.02 * Math.sin(time * 3)).strokeCircle(x, y, radius + OUTSIDE / 2)
  ground.lineStyle(14, BURNING, 0.25).strokeCircle(x, y, radius)
  ground.lineStyle(3, 0xffd9c0, 0.9).strokeCircle(x, y, radius)
}

function drawBeacon(ground: Phaser.GameObjects.Graphics, { globals }: DogstarView, time: number): void {
  if (globals.mode !== 'beacon' || globals.phase === 'waiting') return
  const { beaconX: x, beaconY: y, beaconTeam, beaconCharge } = globals
  const tint = teamTint(beaconTeam)
  ground.fillStyle(tint, 0.07).fillCircle(x, y, BEACON_RADIUS)
  ground.lineStyle(3, tint, 0.55).strokeCircle(x, y, BEACON_RADIUS)
  const share = Math.abs(beaconCharge) / BEACON_CHARGE
  if (share > 0) {
    ground.lineStyle(8, teamTint(beaconCharge > 0 ? 'sirius' : 'procyon'), 0.9)
    ground.beginPath()
    ground.arc(x, y, BEACON_RADIUS - 9, -Math.PI / 2, -Math.PI / 2 + share * 2 * Math.PI)
    ground.strokePath()
  }
  // A light that beats, faster while somebody's.
  const beat = 0.5 + 0.5 * Math.sin(time * (beaconTeam === 'none' ? 2.5 : 6))
  ground.fillStyle(tint, 0.16 + 0.14 * beat).fillCircle(x, y, 34 + 8 * beat)
  ground.fillStyle(tint, 0.95).fillCircle(x, y, 13)
  ground.fillStyle(0xffffff, 0.95).fillCircle(x, y, 6)
}
