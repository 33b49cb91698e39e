/** What Dogstar is made of, as data: everything that is sent, saved or predicted is named here and nowhere else. */
import {
  type EntityId,
  entity,
  event,
  type PlayerId,
  type RefereeEntity,
  type RefereeWorld,
  type StepEntity,
  type StepWorld,
  t,
  type Values,
} from 'starwire'
import {
  ARENA_HEIGHT,
  ARENA_WIDTH,
  BEACON_CHARGE,
  BOT_SKILL_NAMES,
  BULLET_LIFE,
  COLORS,
  DEFAULT_GOAL,
  DEFAULT_ROUND_MINUTES,
  FIRE_COOLDOWN,
  FULL_HP,
  HULL_NAMES,
  LIVES,
  MAX_ASTEROIDS,
  MAX_FIELD_MARGIN,
  MAX_HP,
  MAX_MISSILES,
  MAX_PICKUPS,
  MAX_PLAYERS,
  MIN_ARENA_HEIGHT,
  MIN_ARENA_WIDTH,
  MISSILE_SPEED,
  MODES,
  MOON_SIZE,
  POWER_UPS,
  SPECIAL_NAMES,
  TEAMS,
  TICK_RATE,
  TURN_STEPS,
} from './balance.ts'

/** An eighth of a pixel is less than anybody sees. */
const x = { min: 0, max: ARENA_WIDTH, step: 1 / 8, rate: 'vx' } as const
const y = { min: 0, max: ARENA_HEIGHT, step: 1 / 8, rate: 'vy' } as const
/** Faster than a dash at top speed with haste; half a unit per second is a third of a pixel in a lost packet. */
const velocity = { min: -1400, max: 1400, step: 1 / 2 } as const

export const input = {
  /** Eighths of the full turn: left is negative. */
  turn: t.int(-TURN_STEPS, TURN_STEPS),
  thrust: t.bool(),
  brake: t.bool(),
  fire: t.bool(),
  /** Held: the special goes off as soon as it is ready. */
  special: t.bool(),
  /** What is to be played next: asked for between two rounds. Bots have no wish of their own. */
  vote: t.enum(['none', 'any', ...MODES]),
  /** A press, not a state: it must act once, however late it comes. */
  dash: t.button(),
}

export const entities = {
  ship: entity({
    hull: t.enum(HULL_NAMES, { by: 'referee', default: 'husky' }),
    special: t.enum(SPECIAL_NAMES, { by: 'referee' }),
    x: t.fixed(x),
    y: t.fixed(y),
    vx: t.fixed(velocity),
    vy: t.fixed(velocity),
    angle: t.angle({ rate: 'spin' }),
    spin: t.fixed({ min: -6, max: 6, step: 1 / 32 }),
    thrust: t.bool(),
    /** Speed of the hardest collision in this tick, 0 for none: `step` bounces, `referee` deals the damage. */
    impact: t.fixed({ min: 0, max: 2400, step: 1, to: 'owner' }),
    /** What it met in its last collision. A mate does no damage. */
    met: t.enum(['rock', 'ship', 'mate'], { to: 'owner' }),
    /** When the guns and the dash are ready again. Nobody else needs to know. */
    gunsAt: t.tick({ to: 'owner' }),
    dashAt: t.tick({ to: 'owner' }),
    specialAt: t.tick({ to: 'owner' }),
    /** What its last beam struck on its pilot's screen: `step` shoots, `referee` deals the damage. */
    beamed: t.entity({ to: 'owner' }),
    /** Until then its own shield takes all damage. */
    shieldUntil: t.tick(),
    /** Until then power-ups act. */
    salvoUntil: t.tick({ by: 'referee' }),
    hasteUntil: t.tick({ by: 'referee' }),
    hp: t.int(0, MAX_HP, { by: 'referee', default: FULL_HP }),
    /** Until then it takes no damage. */
    safeUntil: t.tick({ by: 'referee' }),
    /** Who hit it last, and when; decides who gets a crash, and when repair begins. */
    hitBy: t.player({ by: 'referee', to: 'nobody' }),
    hitAt: t.tick({ by: 'referee', to: 'nobody' }),
    bornAt: t.tick({ by: 'referee', to: 'nobody' }),
  }),
  bullet: entity(
    {
      x: t.fixed(x),
      y: t.fixed(y),
      // Whole numbers, so that a flight is a straight line on the wire's grid too and costs nothing while it lasts.
      vx: t.int(-2300, 2300),
      vy: t.int(-2300, 2300),
      until: t.tick(),
      /** It has struck and waits for the referee: the shooter's page stops it at once, though the host has the last word. */
      spent: t.bool(),
      struck: t.entity(),
    },
    // All guns at their rate for as long as a bullet flies, half of them with a salvo.
    { max: 2 * MAX_PLAYERS * Math.ceil(BULLET_LIFE / FIRE_COOLDOWN) },
  ),
  /** Of a pilot, but flown by the host alone: it follows what the pilot's page does not know to the bit. */
  missile: entity(
    {
      x: t.fixed(x),
      y: t.fixed(y),
      vx: t.int(-MISSILE_SPEED, MISSILE_SPEED),
      vy: t.int(-MISSILE_SPEED, MISSILE_SPEED),
      /** The ship that it follows; null: straight on. */
      prey: t.entity(),
      until: t.tick({ to: 'nobody' }),
    },
    { predict: 'none', max: MAX_MISSILES },
  ),
  /** What a rock carried, to be flown over. */
  pickup: entity(
    {
      x: t.fixed({ min: 0, max: ARENA_WIDTH, step: 1 }),
      y: t.fixed({ min: 0, max: ARENA_HEIGHT, step: 1 }),
      kind: t.enum(POWER_UPS),
      until: t.tick(),
    },
    { predict: 'none', max: MAX_PICKUPS },
  ),
  asteroid: entity(
    {
      x: t.fixed(x),
      y: t.fixed(y),
      vx: t.int(-300, 300),
      vy: t.int(-300, 300),
      size: t.int(1, MOON_SIZE, { by: 'referee' }),
      /** What falls out when it breaks; it shines through. */
      cargo: t.enum(['none', ...POWER_UPS], { by: 'referee' }),
      hp: t.int(0, 10, { by: 'referee', to: 'nobody' }),
    },
    { predict: 'none', max: MAX_ASTEROIDS },
  ),
}

export const globals = {
  /**
   * `waiting`: alone, practice without a clock. `paused`: a round whose other pilots are gone or aside; it stands still
   * and goes on with the second pilot. `over`: the winner is shown.
   */
  phase: t.enum(['waiting', 'playing', 'paused', 'over']),
  /** What is played: what the host set, until a vote between two rounds changes it. */
  mode: t.enum(MODES),
  /** Until then the ships of a new round stand still. */
  startsAt: t.tick(),
  /** End of the phase; 0 while waiting. */
  endsAt: t.tick(),
  /** Ticks that the round has left once it goes on, while it is paused. */
  remaining: t.int(0, 30 * 60 * TICK_RATE),
  round: t.int(0, 9999),
  /** How far the walls of the open field stand in from those of the largest one (field.ts). */
  margin: t.int(0, MAX_FIELD_MARGIN),
  /** Null when nobody scored, after a draw, and where teams play. */
  winner: t.player(),
  /** The team that won; `none` as for `winner`. */
  winningTeam: t.enum(['none', ...TEAMS]),
  /** What each team scored in this round, also by pilots who have left since. 0 without teams. */
  siriusScore: t.int(0, 99999),
  procyonScore: t.int(0, 99999),
  /** What made the winner of the last round, from `scoring.ts`. */
  decided: t.enum(['nobody', 'points', 'rocks', 'kills', 'deaths', 'draw', 'last', 'lives']),
  /** The honours of the last round: who hit best (in percent), who shot down most without being lost, who dealt most damage. */
  sharpest: t.player(),
  sharpestShare: t.int(0, 100),
  fiercest: t.player(),
  fiercestStreak: t.int(0, 99),
  hardest: t.player(),
  hardestDealt: t.int(0, 99999),
  /** Where the beacon stands and whose it is, in the mode that has one. */
  beaconX: t.int(0, ARENA_WIDTH),
  beaconY: t.int(0, ARENA_HEIGHT),
  beaconTeam: t.enum(['none', ...TEAMS]),
  /** How far it is on its way to Sirius, or below 0 to Procyon. */
  beaconCharge: t.int(-BEACON_CHARGE, BEACON_CHARGE),
  beaconMovesAt: t.tick({ to: 'nobody' }),
}

/** A pilot's record: it outlives the pilot's ships. */
export const player = {
  score: t.int(0, 99999),
  kills: t.int(0, 9999),
  deaths: t.int(0, 9999),
  /** Which of the sixteen liveries, as `sides.ts` deals them: one of their own, or in a match with teams their team's. */
  color: t.int(0, COLORS - 1),
  /** `none` in a match without teams. */
  team: t.enum(['none', ...TEAMS]),
  /** The livery that the player asks for in the lobby, plus one; 0: any. */
  wantedColor: t.int(0, COLORS, { chosen: true }),
  wantedTeam: t.enum(['any', ...TEAMS], { chosen: true }),
  wantedHull: t.enum(['any', ...HULL_NAMES], { chosen: true }),
  wantedSpecial: t.enum(['any', ...SPECIAL_NAMES], { chosen: true }),
  /** What their ships are, as `sides.ts` deals it. */
  hull: t.enum(HULL_NAMES, { default: 'husky' }),
  special: t.enum(SPECIAL_NAMES),
  /** Ships left, this one included, where the last one wins. */
  lives: t.int(0, LIVES, { default: LIVES }),
  /** Ships shot down since the own one was last lost. */
  streak: t.int(0, 99),
  /** For what they voted in this pause. */
  vote: t.enum(['none', ...MODES]),
  /** For the honours. */
  shots: t.int(0, 99999, { to: 'nobody' }),
  hits: t.int(0, 99999, { to: 'nobody' }),
  dealt: t.int(0, 99999, { to: 'nobody' }),
  bestStreak: t.int(0, 99, { to: 'nobody' }),
  ship: t.entity(),
  /** When the next ship comes, for one who has none. */
  respawnAt: t.tick(),
  /** When the pilot left; 0 while present. */
  leftAt: t.tick(),
  /** Has not touched anything for a while: without a ship until they do. */
  aside: t.bool(),
  /** When the pilot gave the last input. */
  activeAt: t.tick({ to: 'nobody' }),
}

/** What the host sets in the lobby. */
export const settings = {
  /** What is played first. Where teams play, mates do not hurt each other, and score together. */
  mode: t.enum(MODES),
  /** Bots fill the seats until there are so many pilots, and leave as people come (src/lobby/crew.ts); 0: the host adds them one by one. */
  botsUpTo: t.int(0, MAX_PLAYERS),
  botSkill: t.enum(BOT_SKILL_NAMES, { default: 'fair' }),
  /** The match is to fly in until everybody is here: it has no rounds. `filled`: with bots of its own (src/lobby/warm-up.ts). */
  warmUp: t.enum(['no', 'yes', 'filled']),
  roundMinutes: t.int(1, 30, { default: DEFAULT_ROUND_MINUTES }),
  /** Score that wins a round, of a pilot or of a team. */
  goal: t.int(100, 10000, { default: DEFAULT_GOAL }),
  /** How many are in the open field. */
  rocks: t.enum(['few', 'normal', 'many'], { default: 'normal' }),
  /** Of a drawn arena (game/arenas); empty: the open field. */
  arenaName: t.string(200),
  arenaWidth: t.int(MIN_ARENA_WIDTH, ARENA_WIDTH, { default: ARENA_WIDTH }),
  arenaHeight: t.int(MIN_ARENA_HEIGHT, ARENA_HEIGHT, { default: ARENA_HEIGHT }),
  /** The rocks of a drawn arena, one by one: all three lists are of one length. */
  rockX: t.list(t.int(0, ARENA_WIDTH), MAX_ASTEROIDS),
  rockY: t.list(t.int(0, ARENA_HEIGHT), MAX_ASTEROIDS),
  rockSize: t.list(t.int(1, MOON_SIZE), MAX_ASTEROIDS),
}

const place = {
  x: t.fixed({ min: 0, max: ARENA_WIDTH, step: 1 }),
  y: t.fixed({ min: 0, max: ARENA_HEIGHT, step: 1 }),
}

/** Why a ship is gone. */
const CAUSES = ['shot', 'rock', 'ship', 'beam', 'missile', 'edge'] as const
export type Cause = (typeof CAUSES)[number]

export const events = {
  shot: event({ by: t.player() }, { timing: 'predicted' }),
  dashed: event({ by: t.player() }, { timing: 'predicted' }),
  /** A beam, from the nose to where it ended. */
  beamed: event({ by: t.player(), ...place, toX: place.x, toY: place.y }, { timing: 'predicted' }),
  /** A missile left; it is seen once the host has it. */
  launched: event({ by: t.player() }, { timing: 'predicted' }),
  shielded: event({ by: t.player() }, { timing: 'predicted' }),
  /** A missile is gone: it struck, was shot, or its time was over. */
  burst: event({ by: t.player(), ...place }),
  picked: event({ by: t.player(), ...place, kind: t.enum(POWER_UPS) }),
  /** A ship bounced off something. `speed` is how hard. */
  bumped: event({ by: t.player(), ...place, speed: t.int(0, 2400) }, { timing: 'predicted' }),
  /** A ship lost hit points; `by` is null for a collision. 0 when its shield took them. */
  hit: event({ whom: t.player(), by: t.player(), ...place, damage: t.int(0, MAX_HP) }),
  /** A ship is gone. `by` gets the points, also of a collision soon after a hit. */
  destroyed: event({ whom: t.player(), by: t.player(), ...place, cause: t.enum(CAUSES), streak: t.int(0, 99) }),
  /** An asteroid was hit, and broke if `broken`. */
  chipped: event({ by: t.player(), ...place, size: t.int(1, MOON_SIZE), broken: t.bool() }),
  /** Whoever is shown the winner, or that a round begins, should not wait for the drawn world. */
  roundOver: event({ winner: t.player(), round: t.int(0, 9999) }, { timing: 'now' }),
  roundBegins: event({ round: t.int(0, 9999) }, { timing: 'now' }),
  /** A team has the beacon now, or `none` because it moved. */
  beaconTaken: event({ team: t.enum(['none', ...TEAMS]) }, { timing: 'now' }),
  /** A paused round has nobody to go on with. */
  roundOff: event({ round: t.int(0, 9999) }, { timing: 'now' }),
  /** A pilot without input leaves play, and is back with the first one. */
  steppedAside: event({ whom: t.player() }, { timing: 'now' }),
  cameBack: event({ whom: t.player() }, { timing: 'now' }),
}

// biome-ignore lint/complexity/noBannedTypes: a game without commands or options has exactly {}.
type None = {}

/** What each bot remembers (ace.ts): whom it is after, which way it dodges, and what it holds. */
export const memory = {
  foe: t.entity(),
  foeUntil: t.tick(),
  dodgeTo: t.fixed({ min: -4, max: 4, step: 1 / 64 }),
  dodgeUntil: t.tick(),
  /** When its foe came before its nose; 0 while none is there. */
  aimedAt: t.tick(),
  /** What it holds between two thoughts. */
  turn: t.int(-TURN_STEPS, TURN_STEPS),
  thrust: t.bool(),
  brake: t.bool(),
  fire: t.bool(),
  special: t.bool(),
}

/** The types of everything above: `Session<DogstarShape>`, `View<DogstarShape>`. */
export interface DogstarShape {
  input: typeof input
  entities: typeof entities
  globals: typeof globals
  player: typeof player
  options: None
  settings: typeof settings
  events: typeof events
  commands: None
  memory: typeof memory
  bots: 'ace'
}

export type DogstarSettings = Values<typeof settings>
export type Step = StepWorld<DogstarShape>
export type Referee = RefereeWorld<DogstarShape>
export type FlyingShip = StepEntity<DogstarShape, 'ship'>
export type Ship = RefereeEntity<DogstarShape, 'ship'>
export type Asteroid = RefereeEntity<DogstarShape, 'asteroid'>
export type Bullet = RefereeEntity<DogstarShape, 'bullet'>
export type Missile = RefereeEntity<DogstarShape, 'missile'>
export type Pickup = RefereeEntity<DogstarShape, 'pickup'>
export type { EntityId, PlayerId }
