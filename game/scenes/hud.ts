/** The display over the arena: clock, scores, feed, hull and dash, and what is to be said in the middle. */

import type { Bindings } from '../hands/bindings.ts'
import type { Choice } from '../hands/chooser.ts'
import type { Device } from '../hands/hands.ts'
import { texts } from '../languages/language.ts'
import { liveryOf } from '../looks/palette.ts'
import { markedName } from '../looks/teams.ts'
import { FULL_HP, HULLS, type Mode, SPECIAL_COOLDOWN, type Team } from '../rules/balance.ts'
import type { Cause, PlayerId } from '../rules/shape.ts'
import { colorOfTeam } from '../rules/sides.ts'
import { makeAnnouncer } from './announcer.ts'
import type { Follow } from './camera.ts'
import { element, show, write } from './elements.ts'
import { makeFeed, type Pilot } from './feed.ts'
import { type Gauge, makeGauge } from './gauges.ts'
import type { Kill } from './highlight.ts'
import { keyOf, makeKeyHint } from './key-hint.ts'
import { type DogstarView, type Frame, isPilot } from './parts.ts'
import { makeRadar } from './radar.ts'
import { makeScoreboard } from './scoreboard.ts'
import {
  clockText,
  countdownText,
  endText,
  goalText,
  hasArrived,
  isOut,
  LAST_MINUTE,
  lastSeconds,
  ledgerText,
  type NameOf,
  type Phase,
  phaseText,
  secondsLeft,
  standingText,
} from './sentences.ts'
import { makeVignette, watchHull } from './vignette.ts'
import './hud.css'

/** This page's player at this moment. */
export interface PlayerNow {
  /** Whether they ask for the score table. */
  readonly wantsScores: boolean
  /** How long their pilot has been left alone where somebody could shoot at it. */
  readonly idleSeconds: number
  /** What they used last. */
  readonly device: Device
}

export interface Hud {
  /** Where further controls may be put. */
  readonly root: HTMLElement
  draw(frame: Frame, follow: Follow, player: PlayerNow): void
  /** For what this page's pilot votes. */
  readonly vote: Mode | 'none'
  /** A key of the vote. */
  pick(key: number | 'again'): void
  /** Whether the buttons of a vote are shown, for a gamepad to choose from. */
  readonly chooses: boolean
  /** A step of a gamepad to another button, or a press. */
  choose(choice: Choice): void
  /** This page's ship lost so many points of its hull; `by` null: to a rock, a wall or the edge. */
  hurt(by: PlayerId | null, damage: number): void
  /** A team has the beacon, or it moved. */
  beacon(team: Team | 'none', time: number): void
  /** A line of the feed; when it is about this page's player, it is said in the middle too. */
  destroyed(view: DogstarView, by: PlayerId | null, whom: PlayerId, cause: Cause, time: number): void
  /** The kill that is shown again, or null. Then the table waits. */
  again(kill: Kill | null): void
  /** A line in the middle, for this page's pilot alone. */
  tell(text: string, time: number): void
  /** A line of the feed about one pilot, e.g. `steps aside`. */
  news(view: DogstarView, whom: PlayerId, text: string, time: number): void
  setMuted(muted: boolean): void
  destroy(): void
}

/** Seconds between two writes of what changes slowly. */
const EVERY = 0.1
/** Seconds that a line in the middle stands. */
const TOLD = 2.4
/** Seconds that it stands who did the damage, and that somebody is out: the clock goes on saying that. */
const TELLS = 5
/** Seconds that the keys are explained. */
const HINT = 14
/** A speaker, with waves or a cross: hud.css shows the one that holds. */
const SPEAKER =
  '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M4 9.5v5h3.5l4.5 4v-13l-4.5 4z"/>' +
  '<path class="waves" d="M15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11"/>' +
  '<path class="cross" d="m16 9.5 5 5m0-5-5 5"/></svg>'

/** Seconds at the end of a round that are heard. */
const TICKING = 10

/** `calm`: whether the player asked their system for less motion. */
export function makeHud(
  parent: HTMLElement,
  nameOf: NameOf,
  calm: () => boolean,
  onMute: () => void,
  onCount: (go: boolean) => void,
  bindings: () => Bindings,
): Hud {
  const root = element(parent, 'div', 'dogstar-hud')
  const clock = element(root, 'div', 'clock')
  const remaining = element(clock, 'b', '')
  const goal = element(clock, 'span', '')
  const board = makeScoreboard(root, nameOf, bindings)
  const feed = makeFeed(root)
  const radar = makeRadar(root)
  const gauges = element(root, 'div', 'gauges')
  const hull = makeGauge(gauges, 'hull', texts.arena.hull, FULL_HP)
  const dash = makeGauge(gauges, 'dash', texts.arena.dash, 100)
  const special = makeGauge(gauges, 'special', texts.arena.special, 100)
  const announcer = makeAnnouncer(root)
  const middle = element(root, 'div', 'middle')
  const told = element(middle, 'p', 'told')
  // The announcer says it, once.
  told.setAttribute('aria-hidden', 'true')
  const ledger = element(middle, 'p', 'ledger')
  const back = element(middle, 'p', 'back')
  const count = element(root, 'p', 'count')
  const hint = element(root, 'p', 'hint')
  const keyHint = makeKeyHint(hint)
  const mute = element(root, 'button', 'mute')
  mute.type = 'button'
  mute.setAttribute('aria-label', texts.arena.mute)
  mute.innerHTML = SPEAKER
  mute.addEventListener('click', (event) => {
    onMute()
    // A button that keeps the focus after a click would take the space bar away from the guns.
    if (event.detail > 0) mute.blur()
  })
  const vignette = makeVignette(root, calm)

  let next = 0
  let toldUntil = 0
  const lostBy = watchHull()
  /** Until when it is told what a lost ship means. */
  let tellsUntil = 0
  let lastPhase: Phase | null = null
  let wasAside = false
  /** Who did how much damage to the own ship. */
  const damages = new Map<PlayerId | null, number>()
  let counted = ''
  let saidLast = false
  let lastTime = 0
  let shown: Kill | null = null
  /** When this page began to play: who has only watched has not seen the keys. */
  let playsSince = 0

  const pilotOf = (view: DogstarView, player: PlayerId): Pilot => ({
    name: markedName(nameOf(player), view.player(player).team),
    color: view.player(player).color,
  })

  const sayWhatChanged = (view: DogstarView, way: string, time: number): void => {
    if (!hasArrived(view)) return
    const { phase } = view.globals
    if (lastPhase !== null && phase !== lastPhase) announcer.say(phaseText(lastPhase, view, nameOf), time)
    lastPhase = phase
    const aside = isPilot(view) && view.player(view.me).aside
    if (aside !== wasAside) announcer.say(aside ? `${texts.arena.asideWhy} ${way}` : texts.arena.youAreBack, time)
    wasAside = aside
  }

  /** Three, two, one, and the last ten seconds of a round. */
  const showCount = (view: DogstarView): void => {
    const text = countdownText(view)
    const left = secondsLeft(view)
    const last = lastSeconds(view)
    clock.classList.toggle('ends', left !== null && left <= last)
    show(count, text !== '')
    write(count, text)
    const heard = text || (left !== null && left <= TICKING ? String(left) : '')
    if (heard !== '' && heard !== counted) onCount(text === texts.arena.go)
    counted = heard
    if (last === LAST_MINUTE && left === LAST_MINUTE && !saidLast) announcer.say(texts.arena.lastMinute, lastTime)
    saidLast = left !== null && left <= LAST_MINUTE
  }

  return {
    root,
    get vote() {
      return board.ballot.vote
    },
    pick: board.ballot.pick,
    get chooses() {
      return board.chooses
    },
    choose: board.ballot.choose,
    hurt(by, damage) {
      damages.set(by, (damages.get(by) ?? 0) + damage)
    },
    beacon(team, time) {
      if (team === 'none') feed.add([texts.arena.beaconMoves], time)
      else
        feed.add([{ name: texts.arena.team(texts.teams[team]), color: colorOfTeam(team) }, texts.arena.hasBeacon], time)
    },
    draw(frame, follow, { wantsScores, idleSeconds, device }) {
      const { view, ship, time } = frame
      radar.draw(frame, follow)
      const lost = lostBy(ship)
      if (lost > 0) vignette.flash(lost)
      if (time < next) return
      next = time + EVERY
      lastTime = time
      const { phase } = view.globals
      write(remaining, clockText(view))
      clock.classList.toggle('words', phase !== 'playing')
      write(goal, goalText(view))
      const tabled = wantsScores || (phase === 'over' && shown === null)
      board.draw(view, tabled, device === 'gamepad')
      root.classList.toggle('tabled', tabled)
      feed.draw(time)
      announcer.draw(time)
      const way = wayToFly(parent, device, bindings())
      sayWhatChanged(view, way, time)
      show(gauges, ship !== null)
      if (ship) {
        const { hp } = ship
        const full = HULLS[ship.hull].hp
        hull.set(hp, hp > 0.6 * full ? 'good' : hp > 0.3 * full ? 'fair' : 'poor', time, full)
        setWait(dash, ship.dashAt - view.tick, HULLS[ship.hull].dashCooldown, time)
        special.name(texts.specials[ship.special].name)
        setWait(special, ship.specialAt - view.tick, SPECIAL_COOLDOWN[ship.special], time)
      }
      show(told, time < toldUntil)
      // Then the fight of the others is what matters. Of a pilot who stepped aside another line stands there.
      const tells = time < tellsUntil
      show(ledger, ship === null && tells && !wasAside && ledger.textContent !== '')
      showCount(view)
      const standing = isPilot(view) ? standingText(view, ship !== null, idleSeconds, way) : ''
      parent.classList.toggle('dogstar-watching', hasArrived(view) && !isPilot(view))
      show(back, standing !== '' && (tells || !isOut(view)))
      write(back, standing)
      if (!isPilot(view)) playsSince = time
      keyHint.draw(bindings())
      const muteKey = keyOf(bindings().mute)
      mute.title = muteKey === '' ? texts.arena.mute : texts.arena.muteWith(muteKey)
      hint.classList.toggle('gone', time > playsSince + HINT || ship === null)
    },
    destroyed(view, by, whom, cause, time) {
      const { verb, tail, alone } = texts.arena.ends[cause]
      const mine = whom === view.me
      if (by === null) feed.add([pilotOf(view, whom), ` ${alone}`], time, mine)
      else feed.add([pilotOf(view, by), ` ${verb} `, pilotOf(view, whom), tail && ` ${tail}`], time, mine)
      if (!mine && by !== view.me) return
      const text = endText(cause, by === null || by === view.me ? null : nameOf(by), mine ? null : nameOf(whom))
      write(told, text)
      toldUntil = time + TOLD
      told.style.color = liveryOf(view.player(mine ? (by ?? whom) : whom).color).color
      if (!mine) return
      write(ledger, ledgerText(damages, nameOf))
      tellsUntil = time + TELLS
      damages.clear()
      announcer.interrupt(text, time)
      vignette.flash(FULL_HP)
    },
    again(kill) {
      if (kill === shown) return
      shown = kill
      root.classList.toggle('again', kill !== null)
      write(told, kill ? texts.arena.bestKill(nameOf(kill.by), nameOf(kill.whom)) : '')
      told.style.removeProperty('color')
      toldUntil = kill ? Number.POSITIVE_INFINITY : 0
    },
    tell(text, time) {
      write(told, text)
      toldUntil = time + TOLD
      told.style.removeProperty('color')
    },
    news(view, whom, text, time) {
      feed.add([pilotOf(view, whom), ` ${text}`], time, whom === view.me)
    },
    setMuted(muted) {
      mute.setAttribute('aria-pressed', String(muted))
    },
    destroy() {
      root.remove()
    },
  }
}

/** With what this page's player comes back into the fight. */
function wayToFly(stage: HTMLElement, device: Device, { thrust, fire }: Bindings): string {
  if (device === 'gamepad') return texts.arena.flyByPad
  const keys = [keyOf(thrust), keyOf(fire)].filter(Boolean)
  if (stage.classList.contains('dogstar-touched') || keys.length === 0) return texts.arena.flyTouched
  return texts.arena.flyByKeys(keys)
}

/** A gauge that fills while something is not ready. */
function setWait(gauge: Gauge, ticks: number, cooldown: number, time: number): void {
  const wait = Math.min(cooldown, Math.max(0, ticks))
  gauge.set(Math.round(100 * (1 - wait / cooldown)), wait > 0 ? 'fair' : 'ready', time)
}
