/** Small lights: bolts, glows, sparks, rings, arrows and bars, all on one texture so that they draw in one batch. */
import type Phaser from 'phaser'
import { POWER_UPS, type PowerUp } from '../rules/balance.ts'
import { powerUpColors } from './arms.ts'
import { type Ctx, paintTexture, radial } from './canvas.ts'
import { fade, mix, shownLiveries } from './palette.ts'

export const FX = 'fx'

/** Frames that exist once per livery, as `${name}-${color}`. */
export type LiveryFrame = 'glow' | 'puff' | 'bolt' | 'spark' | 'arrow' | 'flame' | 'chunk' | 'ray' | 'missile'
const fire = '#ff8a2a'

export function paintEffects(scene: Phaser.Scene): void {
  paintTexture(scene, FX, 1120, 1024, (ctx, frame) => {
    const rows: readonly [
      LiveryFrame,
      number,
      number,
      number,
      (ctx: Ctx, color: string, w: number, h: number) => void,
    ][] = [
      ['glow', 64, 64, 0, glow],
      ['bolt', 56, 24, 68, bolt],
      ['spark', 32, 10, 96, spark],
      ['arrow', 40, 32, 110, arrow],
      ['flame', 64, 24, 146, flame],
      ['chunk', 16, 16, 174, chunk],
      ['puff', 32, 32, 600, puff],
      ['ray', 32, 32, 640, ray],
      ['missile', 44, 20, 680, missile],
    ]
    for (const [name, w, h, y, paint] of rows)
      for (const [i, { color }] of shownLiveries().entries())
        cell(ctx, frame, `${name}-${i}`, i * (w + 4), y, w, h, color, paint)
    cell(ctx, frame, 'glow-fire', 0, 200, 128, 128, fire, glow)
    cell(ctx, frame, 'glow-white', 132, 200, 128, 128, '#dfeaff', glow)
    cell(ctx, frame, 'spark-fire', 264, 200, 32, 10, fire, spark)
    cell(ctx, frame, 'spark-white', 300, 200, 32, 10, '#cfe4ff', spark)
    cell(ctx, frame, 'dust', 264, 220, 64, 64, '#8d8378', dust)
    cell(ctx, frame, 'stone', 340, 200, 16, 16, '#8f857b', chunk)
    cell(ctx, frame, 'smoke', 360, 200, 128, 128, '#3a3346', dust)
    cell(ctx, frame, 'ring', 0, 340, 256, 256, '#ffffff', ring)
    cell(ctx, frame, 'shield', 260, 340, 160, 160, '#9fd8ff', shield)
    cell(ctx, frame, 'wall', 700, 340, 32, 96, '#4fb4ff', wall)
    cell(ctx, frame, 'flare', 430, 340, 256, 96, '#ffffff', flare)
    for (const [i, kind] of POWER_UPS.entries())
      cell(ctx, frame, `pickup-${kind}`, i * 72, 710, 68, 68, powerUpColors[kind], (c, color) => pickup(c, color, kind))
    cell(ctx, frame, 'crown', 230, 710, 40, 32, '#ffd84a', crown)
    cell(ctx, frame, 'mark', 280, 710, 32, 32, '#ffffff', hitMark)
    for (const [i, [name, color]] of bars.entries())
      cell(ctx, frame, name, 500 + i * 12, 200, 8, 8, color, (c) => {
        c.fillStyle = color
        c.fillRect(-4, -4, 8, 8)
      })
  })
}

const bars = [
  ['bar-good', '#59e38f'],
  ['bar-fair', '#ffc247'],
  ['bar-poor', '#ff4d55'],
  ['bar-back', '#0a0f1e'],
] as const

function cell(
  ctx: Ctx,
  frame: (name: string, x: number, y: number, w: number, h: number) => void,
  name: string,
  x: number,
  y: number,
  w: number,
  h: number,
  color: string,
  paint: (ctx: Ctx, color: string, w: number, h: number) => void,
): void {
  ctx.save()
  ctx.beginPath()
  ctx.rect(x, y, w, h)
  ctx.clip()
  ctx.translate(x + w / 2, y + h / 2)
  paint(ctx, color, w, h)
  ctx.restore()
  frame(name, x, y, w, h)
}

function glow(ctx: Ctx, color: string, w = 64): void {
  radial(ctx, 0, 0, w / 2, [
    [0, fade(mixHex(color, 0.55), 0.95)],
    [0.18, fade(color, 0.62)],
    [0.5, fade(color, 0.16)],
    [1, fade(color, 0)],
  ])
}

/** Light without a core: many of them in a row make an even trail. */
function puff(ctx: Ctx, color: string): void {
  radial(ctx, 0, 0, 16, [
    [0, fade(color, 0.5)],
    [0.35, fade(color, 0.28)],
    [1, fade(color, 0)],
  ])
}

/** A colour towards white, as #rrggbb. */
function mixHex(color: string, share: number): string {
  const [r = 0, g = 0, b = 0] = mix(color, '#ffffff', share).match(/\d+/g)?.map(Number) ?? []
  return `#${((1 << 24) | (r << 16) | (g << 8) | b).toString(16).slice(1)}`
}

function bolt(ctx: Ctx, color: string): void {
  ctx.lineCap = 'round'
  ctx.shadowColor = color
  ctx.shadowBlur = 8
  ctx.strokeStyle = fade(color, 0.95)
  ctx.lineWidth = 6.5
  line(ctx, -16, 16)
  ctx.shadowBlur = 0
  ctx.strokeStyle = '#ffffff'
  ctx.lineWidth = 3
  line(ctx, -12, 16.5)
}

function line(ctx: Ctx, from: number, to: number): void {
  ctx.beginPath()
  ctx.moveTo(from, 0)
  ctx.lineTo(to, 0)
  ctx.stroke()
}

function spark(ctx: Ctx, color: string): void {
  const gradient = ctx.createLinearGradient(-16, 0, 16, 0)
  gradient.addColorStop(0, fade(color, 0))
  gradient.addColorStop(0.7, fade(color, 0.9))
  gradient.addColorStop(1, '#ffffff')
  ctx.fillStyle = gradient
  ctx.beginPath()
  ctx.ellipse(0, 0, 15, 2.6, 0, 0, Math.PI * 2)
  ctx.fill()
}

/** Points right; painted in the livery with a dark edge, to be read on any background. */
function arrow(ctx: Ctx, color: string): void {
  ctx.beginPath()
  ctx.moveTo(16, 0)
  ctx.lineTo(-12, 12)
  ctx.lineTo(-6, 0)
  ctx.lineTo(-12, -12)
  ctx.closePath()
  ctx.lineJoin = 'round'
  ctx.strokeStyle = 'rgba(4,6,14,0.85)'
  ctx.lineWidth = 5
  ctx.stroke()
  ctx.fillStyle = color
  ctx.fill()
}

/** An engine's flame: hot at the right, where the nozzle is. */
function flame(ctx: Ctx, color: string): void {
  ctx.scale(1, 0.36)
  const gradient = ctx.createRadialGradient(22, 0, 0, 10, 0, 40)
  gradient.addColorStop(0, '#ffffff')
  gradient.addColorStop(0.22, fade(mixHex(color, 0.45), 0.95))
  gradient.addColorStop(0.55, fade(color, 0.4))
  gradient.addColorStop(1, fade(color, 0))
  ctx.fillStyle = gradient
  ctx.fillRect(-32, -34, 64, 68)
}

function chunk(ctx: Ctx, color: string): void {
  ctx.beginPath()
  ctx.moveTo(6, -1)
  ctx.lineTo(1, 5)
  ctx.lineTo(-6, 3)
  ctx.lineTo(-4, -5)
  ctx.closePath()
  ctx.fillStyle = mix(color, '#161a26', 0.35)
  ctx.fill()
  ctx.strokeStyle = mix(color, '#ffffff', 0.3)
  ctx.lineWidth = 1
  ctx.stroke()
}

function dust(ctx: Ctx, color: string, w = 64): void {
  radial(ctx, 0, 0, w / 2, [
    [0, fade(color, 0.5)],
    [0.5, fade(color, 0.22)],
    [1, fade(color, 0)],
  ])
}

function ring(ctx: Ctx): void {
  radial(ctx, 0, 0, 128, [
    [0, 'rgba(255,255,255,0)'],
    [0.72, 'rgba(160,200,255,0)'],
    [0.86, 'rgba(190,220,255,0.35)'],
    [0.93, 'rgba(255,255,255,0.95)'],
    [0.97, 'rgba(190,220,255,0.25)'],
    [1, 'rgba(160,200,255,0)'],
  ])
}

/** A bubble: bright at the rim, with a net of hexagons. */
function shield(ctx: Ctx, color: string): void {
  radial(ctx, 0, 0, 80, [
    [0, fade(color, 0.02)],
    [0.7, fade(color, 0.1)],
    [0.9, fade(color, 0.55)],
    [0.96, fade('#ffffff', 0.8)],
    [1, fade(color, 0)],
  ])
  ctx.beginPath()
  ctx.arc(0, 0, 74, 0, Math.PI * 2)
  ctx.clip()
  ctx.strokeStyle = fade(color, 0.28)
  ctx.lineWidth = 1.4
  const size = 17
  for (let row = -6; row <= 6; row++)
    for (let column = -4; column <= 4; column++) {
      const cx = column * size * 1.5 * 1.15
      const cy = row * size * Math.sqrt(3) * 0.57 * 2 + (column % 2 ? size : 0)
      ctx.beginPath()
      for (let corner = 0; corner <= 6; corner++) {
        const angle = (corner * Math.PI) / 3
        ctx.lineTo(cx + Math.cos(angle) * size, cy + Math.sin(angle) * size)
      }
      ctx.stroke()
    }
}

/** A flat star of light, for the first instant of an explosion. */
function flare(ctx: Ctx): void {
  ctx.save()
  ctx.scale(1, 0.09)
  radial(ctx, 0, 0, 128, [
    [0, 'rgba(255,255,255,1)'],
    [0.3, 'rgba(255,220,170,0.55)'],
    [1, 'rgba(255,160,90,0)'],
  ])
  ctx.restore()
}

/** A strip of the arena's wall: a bright line at the top, its light falling inwards. */
function wall(ctx: Ctx, color: string, w: number, h: number): void {
  const gradient = ctx.createLinearGradient(0, -h / 2, 0, h / 2)
  gradient.addColorStop(0, '#e8f6ff')
  gradient.addColorStop(0.035, fade(color, 0.9))
  gradient.addColorStop(0.06, fade(color, 0.34))
  gradient.addColorStop(0.3, fade(color, 0.1))
  gradient.addColorStop(1, fade(color, 0))
  ctx.fillStyle = gradient
  ctx.fillRect(-w / 2, -h / 2, w, h)
}

/** A beam's cross-section, to be stretched along it: white within, the livery around. */
function ray(ctx: Ctx, color: string, w: number, h: number): void {
  const gradient = ctx.createLinearGradient(0, -h / 2, 0, h / 2)
  gradient.addColorStop(0, fade(color, 0))
  gradient.addColorStop(0.34, fade(color, 0.55))
  gradient.addColorStop(0.44, '#ffffff')
  gradient.addColorStop(0.56, '#ffffff')
  gradient.addColorStop(0.66, fade(color, 0.55))
  gradient.addColorStop(1, fade(color, 0))
  ctx.fillStyle = gradient
  ctx.fillRect(-w / 2, -h / 2, w, h)
}

/** A missile, nose to the right: steel with a band of its livery and four fins. */
function missile(ctx: Ctx, color: string): void {
  ctx.fillStyle = mix(color, '#10131f', 0.2)
  ctx.beginPath()
  ctx.moveTo(-6, 0)
  ctx.lineTo(-17, -8)
  ctx.lineTo(-14, 0)
  ctx.lineTo(-17, 8)
  ctx.closePath()
  ctx.fill()
  ctx.fillStyle = '#d9e2f2'
  ctx.beginPath()
  ctx.moveTo(19, 0)
  ctx.quadraticCurveTo(12, -5, 4, -4.5)
  ctx.lineTo(-15, -4)
  ctx.lineTo(-15, 4)
  ctx.lineTo(4, 4.5)
  ctx.quadraticCurveTo(12, 5, 19, 0)
  ctx.fill()
  ctx.fillStyle = color
  ctx.fillRect(-2, -4.6, 6, 9.2)
}

/** A bubble with a sign: a cross heals, three strokes shoot, an arrowhead runs. */
function pickup(ctx: Ctx, color: string, kind: PowerUp): void {
  radial(ctx, 0, 0, 33, [
    [0, fade(color, 0.5)],
    [0.55, fade(color, 0.22)],
    [0.78, fade(color, 0.12)],
    [0.86, fade(color, 0.95)],
    [0.93, fade('#ffffff', 0.9)],
    [1, fade(color, 0)],
  ])
  ctx.lineCap = 'round'
  ctx.lineJoin = 'round'
  for (const [width, style] of [
    [8, 'rgba(4,8,20,0.85)'],
    [4.5, '#ffffff'],
  ] as const) {
    ctx.lineWidth = width
    ctx.strokeStyle = style
    ctx.beginPath()
    for (const stroke of signs[kind])
      for (const [i, [x, y]] of stroke.entries()) i === 0 ? ctx.moveTo(x, y) : ctx.lineTo(x, y)
    ctx.stroke()
  }
}

const signs: Readonly<Record<PowerUp, readonly (readonly (readonly [number, number])[])[]>> = {
  repair: [
    [
      [-10, 0],
      [10, 0],
    ],
    [
      [0, -10],
      [0, 10],
    ],
  ],
  salvo: [
    [
      [-8, 0],
      [10, 0],
    ],
    [
      [-8, -5],
      [7, -10],
    ],
    [
      [-8, 5],
      [7, 10],
    ],
  ],
  haste: [
    [
      [-9, -9],
      [0, 0],
      [-9, 9],
    ],
    [
      [2, -9],
      [11, 0],
      [2, 9],
    ],
  ],
}

/** Over the ship of whoever leads. */
function crown(ctx: Ctx, color: string): void {
  ctx.beginPath()
  ctx.moveTo(-14, 10)
  ctx.lineTo(-16, -8)
  ctx.lineTo(-7, 1)
  ctx.lineTo(0, -12)
  ctx.lineTo(7, 1)
  ctx.lineTo(16, -8)
  ctx.lineTo(14, 10)
  ctx.closePath()
  ctx.lineJoin = 'round'
  ctx.strokeStyle = 'rgba(4,6,14,0.85)'
  ctx.lineWidth = 5
  ctx.stroke()
  ctx.fillStyle = color
  ctx.fill()
}

/** Four strokes around what was hit. */
function hitMark(ctx: Ctx, color: string): void {
  ctx.strokeStyle = color
  ctx.lineWidth = 3
  ctx.lineCap = 'round'
  for (const [dx, dy] of [
    [1, 1],
    [1, -1],
    [-1, 1],
    [-1, -1],
  ] as const) {
    ctx.beginPath()
    ctx.moveTo(dx * 6, dy * 6)
    ctx.lineTo(dx * 13, dy * 13)
    ctx.stroke()
  }
}
