/**
 * All of Dogstar's numbers, as data in one place: what a change of balance touches is here and nowhere else. `npm run bench -- balance`
 * plays bots against each other with them. Lengths are in units (one unit is one CSS pixel at the camera's normal zoom), angles in radians,
 * speeds in units per second, times in ticks of 1/60 s unless the name says otherwise.
 */

/** Ticks per second. 60 is the rate of most screens: one tick, one frame. */
export const TICK_RATE = 60

/** The open field, and the largest arena: about 2.3 screens wide and 2.8 high, so that sixteen meet all the time and two find each other in 5 s. */
export const ARENA_WIDTH = 3000
export const ARENA_HEIGHT = 2000
/**
 * Units that the walls of the open field stand in from those of the largest one, at the left and the right, for at most so many pilots; above and
 * below it is two thirds of that. With four it is little more than a picture (1500 × 1000), with six 1680 × 1120, with eight 1980 × 1320: in the
 * largest one they were alone for three times as long (`npm run bench -- alone`).
 */
export const FIELD_MARGINS = [
  { pilots: 4, margin: 750 },
  { pilots: 6, margin: 660 },
  { pilots: 8, margin: 510 },
  { pilots: 16, margin: 0 },
] as const
/** The widest of them. */
export const MAX_FIELD_MARGIN = 750
/** A drawn arena is at least so large: a laptop's picture, with room to launch sixteen ships off the walls. */
export const MIN_ARENA_WIDTH = 1200
export const MIN_ARENA_HEIGHT = 800
/** Share of the speed into a wall that comes back out: a soft field, no trampoline. */
export const WALL_BOUNCE = 0.55

/** Radius of a husky's hull, the middle one. The drawing is a little longer: grazing shots should miss for the one who is shot at. */
export const SHIP_RADIUS = 18
/** From the centre of the ship to its guns. */
export const SHIP_NOSE = 22
/** Share of the speed lost per second while drifting: space that forgives. */
export const DRAG = 0.55
/** The same while braking. */
export const BRAKE_DRAG = 2.6
/** A husky's, in units per second: a screen's width in 3 s. */
export const TOP_SPEED = 430
/** Share of the speed above the top speed that is lost per second, after a dash. */
export const OVERSPEED_DRAG = 3.2
/** How fast the turn rate follows the stick, per second: full after 0.15 s, so that a tap is a small correction. */
export const TURN_RESPONSE = 15
/** `input.turn` at full turn. Eighths let a thumb steer finely and cost four bits. */
export const TURN_STEPS = 8
/** Added along the nose by a dash, in units per second. */
export const DASH_SPEED = 480
/** A husky's: 2.5 s, once per encounter, not a way to travel. */
export const DASH_COOLDOWN = 150

/** A husky's hit points. */
export const FULL_HP = 100

/** What sets a hull apart. */
export interface Hull {
  /** Units. */
  readonly radius: number
  readonly hp: number
  /** Units per second². */
  readonly thrust: number
  /** Units per second. */
  readonly topSpeed: number
  /** Radians per second at full turn. */
  readonly turnSpeed: number
  /** Ticks. */
  readonly dashCooldown: number
}

/** Dogs, by weight: one that runs, one that pulls, one that stands. */
export const HULL_NAMES = ['whippet', 'husky', 'mastiff'] as const
export type HullName = (typeof HULL_NAMES)[number]
export const HULLS: Readonly<Record<HullName, Hull>> = {
  /** Around in 1.35 s, and gone in a dash every 2 s; five hits end it. */
  whippet: { radius: 16, hp: 80, thrust: 760, topSpeed: 480, turnSpeed: 4.6, dashCooldown: 120 },
  /** From rest to top speed in 0.8 s, around in 1.6 s: slow enough to be outflown. */
  husky: {
    radius: SHIP_RADIUS,
    hp: FULL_HP,
    thrust: 620,
    topSpeed: TOP_SPEED,
    turnSpeed: 3.9,
    dashCooldown: DASH_COOLDOWN,
  },
  /** Nine hits, and it turns like a barn: it has to be faced. */
  mastiff: { radius: 21, hp: 130, thrust: 540, topSpeed: 395, turnSpeed: 3.5, dashCooldown: 180 },
}
/** The most hit points that any hull has. */
export const MAX_HP = 130
/** The widest hull. */
export const MAX_SHIP_RADIUS = 21
/** 4.5 s without a hit, then the hull mends itself. */
export const REPAIR_AFTER = 270
/** One point in 6 ticks: ten a second. */
export const REPAIR_EVERY = 6
/** 3 s from the explosion to the next ship: time to see who did it. */
export const RESPAWN_AFTER = 180
/** New ships keep so far from the walls, in units: half a phone's picture, so that nobody begins at its edge. */
export const SPAWN_MARGIN = 260
/** 2 s in which a new ship takes no damage, ended by its first shot. */
export const SAFE_AFTER_SPAWN = 120

/** Relative to the ship, in units per second: twice its top speed. */
export const BULLET_SPEED = 860
/** 1.1 s: a little less than a screen's width. */
export const BULLET_LIFE = 66
/** Added to the radius of whatever it may hit. At most 29 units per tick, so no hull (36 wide) is jumped over. */
export const BULLET_RADIUS = 4
/** 9 ticks: 6.7 shots a second. */
export const FIRE_COOLDOWN = 9
/** Seven hits destroy a ship: about 1.5 s of good aim. */
export const BULLET_DAMAGE = 15

/** What a pilot carries beside the guns. */
export const SPECIAL_NAMES = ['beam', 'missile', 'shield'] as const
export type SpecialName = (typeof SPECIAL_NAMES)[number]
/** Ticks until it is ready again: 3, 7.5 and 4.5 s. */
export const SPECIAL_COOLDOWN: Readonly<Record<SpecialName, number>> = { beam: 180, missile: 450, shield: 270 }

/** Units that a beam reaches: half a screen, so that guns keep their use. */
export const BEAM_RANGE = 560
/** Two shots' worth of hull, at once and without a flight: good aim is the price. */
export const BEAM_DAMAGE = 30
/** Hits on a rock that a beam counts as. */
export const BEAM_CHIPS = 3

/** Units per second: a husky at full speed gets away from it only by turning or by cover. */
export const MISSILE_SPEED = 540
/** Radians per second: less than any hull turns, so that it can be dodged. */
export const MISSILE_TURN = 2.4
/** 3 s. */
export const MISSILE_LIFE = 180
/** Added to the radius of whatever it may hit. */
export const MISSILE_RADIUS = 7
/**
 * A hit of a gun and a quarter: with 30, every 5.8 s, pilots with missiles won 60 % of 292 rounds (`bench -- balance`).
 */
export const MISSILE_DAMAGE = 19
/** Units and radians off the nose in which it finds a foe when it is launched. */
export const MISSILE_LOCK_RANGE = 850
export const MISSILE_LOCK_ANGLE = 0.75
/** Each pilot has one in flight: it flies for less time than the next one takes. */
export const MAX_MISSILES = 16

/** 2.3 s without damage: one volley, not a fight. */
export const SHIELD_TIME = 140

/** What rocks carry, and what it does. */
export const POWER_UPS = ['repair', 'salvo', 'haste'] as const
export type PowerUp = (typeof POWER_UPS)[number]
/** Hit points that come back at once. */
export const REPAIR_HP = 50
/** 8 s of three bullets a shot, and radians between them. */
export const SALVO_TIME = 480
export const SALVO_SPREAD = 0.11
/** 8 s of more thrust and more speed, as factors. */
export const HASTE_TIME = 480
export const HASTE_THRUST = 1.5
export const HASTE_SPEED = 1.3
/** Share of new rocks that carry something. */
export const CARGO_SHARE = 0.4
/** 25 s, then what lies about is gone. */
export const PICKUP_LIFE = 1500
/** Units from a ship's rim within which it is taken: flying over is enough. */
export const PICKUP_RADIUS = 20
export const MAX_PICKUPS = 16

/** Sizes of asteroids that break, 1 to 3, as indices of the tables below. */
export const ASTEROID_SIZES = 3
/** The size of a moon, in drawn arenas only: cover that nothing breaks. */
export const MOON_SIZE = 4
/** Radius by size: a moon hides a ship from whoever is behind it, with room to turn. */
export const ASTEROID_RADIUS = [0, 22, 38, 64, 92] as const
/** Hits to break it, by size; a moon's count for nothing. */
export const ASTEROID_HITS = [0, 1, 3, 5, 10] as const
/** Points for breaking it, by size. */
export const ASTEROID_POINTS = [0, 5, 10, 15, 0] as const
/** What it weighs, by size: two pieces weigh what the whole did, so the field can be kept full by weight. A moon has no pieces. */
export const ASTEROID_WEIGHT = [0, 1, 2, 4, 1] as const
/** Weight of a full field by the setting `rocks`: 4, 12 or 18 large ones, each of which can become four small ones. */
export const FIELD_WEIGHTS = { few: 16, normal: 48, many: 72 } as const
/** The most asteroids that there can be: a field of many, all of them small. */
export const MAX_ASTEROIDS = FIELD_WEIGHTS.many
/** Fastest drift of an asteroid on each axis. */
export const ASTEROID_SPEED = 70
/** Speed that the two pieces get, apart from each other. */
export const SPLIT_SPEED = 55
/** At most one new asteroid in 2 s. */
export const REBIRTH_EVERY = 120
/** New asteroids keep this far from every ship. */
export const REBIRTH_DISTANCE = 380

/** Impacts below this speed only bounce. */
export const HARMLESS_IMPACT = 170
/** Hit points per unit per second above it: top speed into a rock costs a fifth of the hull. */
export const IMPACT_DAMAGE = 0.08
/** Two ships meet at twice their speed; ramming must not pay more than four hits. */
export const MAX_IMPACT_DAMAGE = 50
/** Share of the closing speed that comes back. */
export const BOUNCE = 0.6

/** What a ship pays where ships are what counts. */
export const KILL_POINTS = 100
/** Whoever hit a ship within the last 6 s gets it when it crashes. */
export const CREDIT_FOR = 360
/** The ways to play. */
export const MODES = ['free', 'teams', 'last', 'beacon'] as const
export type Mode = (typeof MODES)[number]
/** Those in which two teams play. */
export const TEAM_MODES: readonly Mode[] = ['teams', 'beacon']
/** What a ship pays, by mode: at the beacon it is the beacon that pays. */
export const KILL_POINTS_IN: Readonly<Record<Mode, number>> = { free: 100, teams: 100, last: 100, beacon: 25 }

/** 12 s for the winner's name and the vote before the next round. */
export const ROUND_PAUSE = 720
/** 1 s, once everybody has voted. */
export const VOTED_PAUSE = 60
/** 3 s in which ships stand and nobody can shoot: everybody sees where they are. */
export const COUNTDOWN = 180

/** Ships of each pilot where the last one wins. */
export const LIVES = 3
/** 20 s after the countdown, then newcomers wait for the next round there. */
export const LATE_AFTER = 1200
/** Minutes of such a round at most: whoever is out waits so long. */
export const LAST_MINUTES = 3
/** Shares of the round in which the edge closes, and the units from the middle at which it ends. */
export const EDGE_FROM = 0.15
export const EDGE_TO = 0.85
export const EDGE_END = 130
/** Hit points, twice a second, of whoever is outside: a husky has 6 s to get back. */
export const EDGE_DAMAGE = 8
export const EDGE_EVERY = 30

/** Units from the beacon within which one holds it: room for a fight. */
export const BEACON_RADIUS = 170
/** Steps from nobody's to a team's; one in 6 ticks: 2 s. */
export const BEACON_CHARGE = 20
export const BEACON_CHARGE_EVERY = 6
/** Points a second for the team that has it. */
export const BEACON_PAY = 10
/** 40 s, then it moves, at least so many units: nobody digs in. */
export const BEACON_STAY = 2400
export const BEACON_MOVE = 600
/** 20 s without any input: longer than anybody waits on purpose, short enough that few points are made of it. */
export const IDLE_AFTER = 1200
/** 60 s, as long as a lost seat is kept: then whoever is left need not wait any longer for the round to go on. */
export const PAUSE_LIMIT = 3600
/** Score that ends a round early: ten ships and a few rocks; about four minutes between equals. */
export const DEFAULT_GOAL = 1000
export const DEFAULT_ROUND_MINUTES = 5

export const MAX_PLAYERS = 16
/** How well a bot flies whom the host did not choose one by one. 1 is as good as Ace gets. */
export const BOT_SKILL_NAMES = ['easy', 'fair', 'hard'] as const
export const BOT_SKILLS: Readonly<Record<(typeof BOT_SKILL_NAMES)[number], number>> = { easy: 0.2, fair: 0.6, hard: 1 }
/**
 * Ace's hands, at skill 0 and at 1; between the two in proportion. With these a beginner who rests or flies in circles lives for more than ten
 * seconds against one that is fair, and for two to four against a hard one (`npm run bench -- bots`).
 */
export const ACE_HANDS = {
  /** Radians that it aims beside, swinging. */
  aim: [0.8, 0.03],
  /** From seeing a foe before its nose to pulling the trigger: a second, or as fast as anybody is. */
  reaction: [75, 8],
  /** It lets go of the trigger for so long after each burst: people look where their shots went. */
  rest: [210, 0],
  /** Share of the moments in which it sees a bullet that comes. */
  sees: [0.1, 0.9],
} as const satisfies Readonly<Record<string, readonly [worst: number, best: number]>>
/** Ticks of a burst. */
export const ACE_BURST = 18

/** Pilots in a lobby that somebody opens who wants to play at once and finds nobody: enough for a fight, few enough to know them. */
export const QUICK_PILOTS = 6
/** Liveries. As many as pilots, so that each can have one of their own. */
export const COLORS = 16

/** The two dog stars. */
export const TEAMS = ['sirius', 'procyon'] as const
export type Team = (typeof TEAMS)[number]
/** Sky blue and orange: the two that colour-blind people tell apart best, and two different hulls (looks/palette.ts). */
export const TEAM_COLORS: Readonly<Record<Team, number>> = { sirius: 0, procyon: 1 }
/** Half of the seats, so that there is always room in the other team. */
export const MAX_TEAM_PLAYERS = MAX_PLAYERS / 2
