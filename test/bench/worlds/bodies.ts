/**
 * Two hundred and fifty discs that jostle in a box, their collisions solved in `referee`: a physics engine's output,
 * in which every body moves and its velocity jumps six times a second. Lengths in px, times in ticks of 1/60 s.
 */
import { cos, defineGame, entity, type RefereeEntity, type RefereeWorld, sin, t } from 'starwire'
import { type BareShape, bareGame } from './bare.ts'

const COUNT = 250
const WIDTH = 800
const HEIGHT = 560
/** 250 of them cover 30 % of the box, so a disc flies about its own size between two collisions. */
const RADIUS = 13
/** px/s that a disc has at first, and gets by a kick. */
const SPEED = 120
/** Share of the speed lost per second. */
const DRAG = 0.1
/** Share of the closing speed that a collision gives back. */
const BOUNCE = 0.95
/** Discs kicked in each tick, so that the box never calms: they keep to 77 px/s in the mean. */
const KICKS = 2
/** Share of an overlap that one tick takes away. */
const PUSH_OUT = 0.8
/** Side of the cells in which collisions are looked for; a disc meets only those in its own and the next ones. */
const CELL = 2 * RADIUS
const COLUMNS = Math.ceil(WIDTH / CELL)
const ROWS = Math.ceil(HEIGHT / CELL)

const entities = {
  disc: entity(
    {
      x: t.fixed({ min: 0, max: WIDTH, step: 1 / 16, rate: 'vx' }),
      y: t.fixed({ min: 0, max: HEIGHT, step: 1 / 16, rate: 'vy' }),
      vx: t.fixed({ min: -512, max: 512, step: 1 / 8 }),
      vy: t.fixed({ min: -512, max: 512, step: 1 / 8 }),
    },
    { predict: 'none' },
  ),
}

type BodiesShape = BareShape<typeof entities>

type Referee = RefereeWorld<BodiesShape>
type Disc = RefereeEntity<BodiesShape, 'disc'>

export const bodies = defineGame({
  id: 'bench-bodies',
  ...bareGame,
  entities,
  referee(world) {
    if (world.tick === 1) placeDiscs(world)
    const discs = [...world.all('disc')]
    for (let i = 0; i < KICKS; i++) {
      const disc = discs[Math.floor(world.secret() * discs.length)]
      if (disc) kick(world, disc)
    }
    for (const disc of discs) move(world, disc)
    collide(discs)
    for (const disc of discs) stayInside(disc)
  },
})

/** In rows, so that none overlap. */
function placeDiscs(world: Referee): void {
  const columns = 20
  for (let i = 0; i < COUNT; i++) {
    const disc = world.spawn('disc', {
      x: ((i % columns) + 0.5) * (WIDTH / columns),
      y: (Math.floor(i / columns) + 0.5) * (HEIGHT / Math.ceil(COUNT / columns)),
    })
    kick(world, disc)
  }
}

function kick(world: Referee, disc: Disc): void {
  const heading = world.secret() * 2 * Math.PI
  disc.vx = cos(heading) * SPEED
  disc.vy = sin(heading) * SPEED
}

function move(world: Referee, disc: Disc): void {
  const kept = 1 - DRAG * world.dt
  disc.vx *= kept
  disc.vy *= kept
  disc.x += disc.vx * world.dt
  disc.y += disc.vy * world.dt
}

/** Every pair once: a disc against the later ones of its own cell and of four of its eight neighbours. */
function collide(discs: readonly Disc[]): void {
  const cells: Disc[][] = Array.from({ length: COLUMNS * ROWS }, () => [])
  for (const disc of discs) cells[cellOf(disc)]?.push(disc)
  for (let row = 0; row < ROWS; row++)
    for (let column = 0; column < COLUMNS; column++) {
      const cell = cells[row * COLUMNS + column] ?? []
      for (const [i, disc] of cell.entries()) {
        for (const other of cell.slice(i + 1)) bounceApart(disc, other)
        if (column + 1 < COLUMNS) bounceAll(disc, cells[row * COLUMNS + column + 1])
        if (row + 1 === ROWS) continue
        if (column > 0) bounceAll(disc, cells[(row + 1) * COLUMNS + column - 1])
        bounceAll(disc, cells[(row + 1) * COLUMNS + column])
        if (column + 1 < COLUMNS) bounceAll(disc, cells[(row + 1) * COLUMNS + column + 1])
      }
    }
}

function cellOf({ x, y }: Disc): number {
  const column = Math.min(COLUMNS - 1, Math.floor(x / CELL))
  return Math.min(ROWS - 1, Math.floor(y / CELL)) * COLUMNS + column
}

function bounceAll(disc: Disc, others: readonly Disc[] = []): void {
  for (const other of others) bounceApart(disc, other)
}

function bounceApart(a: Disc, b: Disc): void {
  const dx = b.x - a.x
  const dy = b.y - a.y
  const square = dx * dx + dy * dy
  if (square >= 4 * RADIUS * RADIUS) return
  const distance = Math.sqrt(square)
  const nx = distance > 0 ? dx / distance : 1
  const ny = distance > 0 ? dy / distance : 0
  const push = ((2 * RADIUS - distance) * PUSH_OUT) / 2
  a.x -= nx * push
  a.y -= ny * push
  b.x += nx * push
  b.y += ny * push
  const closing = (a.vx - b.vx) * nx + (a.vy - b.vy) * ny
  if (closing <= 0) return
  const change = (closing * (1 + BOUNCE)) / 2
  a.vx -= nx * change
  a.vy -= ny * change
  b.vx += nx * change
  b.vy += ny * change
}

function stayInside(disc: Disc): void {
  if (disc.x < RADIUS) {
    disc.x = RADIUS
    disc.vx = Math.abs(disc.vx) * BOUNCE
  } else if (disc.x > WIDTH - RADIUS) {
    disc.x = WIDTH - RADIUS
    disc.vx = -Math.abs(disc.vx) * BOUNCE
  }
  if (disc.y < RADIUS) {
    disc.y = RADIUS
    disc.vy = Math.abs(disc.vy) * BOUNCE
  } else if (disc.y > HEIGHT - RADIUS) {
    disc.y = HEIGHT - RADIUS
    disc.vy = -Math.abs(disc.vy) * BOUNCE
  }
}
