/** The display over the arena: clock, scores, feed, hull and dash, and what is to be said in the middle. */
import { liveryOf } from '../looks/palette.ts'
import { DASH_COOLDOWN, FULL_HP, TICK_RATE } from '../rules/constants.ts'
import type { PlayerId } from '../rules/shape.ts'
import type { Follow } from './camera.ts'
import { element, show, write } from './elements.ts'
import { makeFeed, type Pilot } from './feed.ts'
import type { DogstarView, Frame } from './parts.ts'
import { makeRadar } from './radar.ts'
import { makeScoreboard } from './scoreboard.ts'
import './hud.css'

export interface Hud {
  /** Where further controls may be put. */
  readonly root: HTMLElement
  draw(frame: Frame, follow: Follow, wantsScores: boolean): void
  /** A line of the feed; when it is about this page's player, it is said in the middle too. */
  destroyed(view: DogstarView, by: PlayerId | null, whom: PlayerId, crash: boolean, time: number): void
  setMuted(muted: boolean): void
  destroy(): void
}

/** Seconds between two writes of what changes slowly. */
const EVERY = 0.1
/** Seconds that a line in the middle stands. */
const TOLD = 2.4
/** Seconds that the keys are explained. */
const HINT = 14

export function makeHud(parent: HTMLElement, nameOf: (player: PlayerId) => string, onMute: () => void): Hud {
  const root = element(parent, 'div', 'dogstar-hud')
  const clock = element(root, 'div', 'clock')
  const remaining = element(clock, 'b', '')
  const goal = element(clock, 'span', '')
  const board = makeScoreboard(root, nameOf)
  const feed = makeFeed(root)
  const radar = makeRadar(root)
  const gauges = element(root, 'div', 'gauges')
  const hull = makeGauge(gauges, 'hull', 'Hull')
  const dash = makeGauge(gauges, 'dash', 'Dash')
  const middle = element(root, 'div', 'middle')
  middle.setAttribute('aria-live', 'assertive')
  const told = element(middle, 'p', 'told')
  const back = element(middle, 'p', 'back')
  const hint = element(root, 'p', 'hint')
  hint.innerHTML =
    '<kbd>W</kbd><kbd>A</kbd><kbd>S</kbd><kbd>D</kbd> or arrows fly · <kbd>Space</kbd> fires · <kbd>Shift</kbd> dashes · <kbd>Tab</kbd> scores'
  const mute = element(root, 'button', 'mute')
  mute.type = 'button'
  mute.tabIndex = -1
  mute.addEventListener('click', onMute)
  const hurt = element(root, 'div', 'hurt')

  let next = 0
  let toldUntil = 0
  let lastHp: number = FULL_HP

  const tell = (text: string, time: number): void => {
    write(told, text)
    toldUntil = time + TOLD
  }

  return {
    root,
    draw(frame, follow, wantsScores) {
      const { view, ship, time } = frame
      radar.draw(frame, follow)
      const hp = ship?.hp ?? 0
      if (ship && hp < lastHp) restart(hurt)
      lastHp = ship ? hp : FULL_HP
      if (time < next) return
      next = time + EVERY
      const { phase } = view.globals
      write(remaining, clockText(view))
      write(goal, phase === 'waiting' ? 'Waiting for a second pilot' : `First to ${view.options.goal}`)
      board.draw(view, wantsScores || phase === 'over')
      feed.draw(time)
      show(gauges, ship !== null)
      if (ship) {
        hull.set(hp / FULL_HP, hp > 60 ? 'good' : hp > 30 ? 'fair' : 'poor')
        const wait = Math.max(0, ship.dashAt - view.tick)
        dash.set(1 - Math.min(1, wait / DASH_COOLDOWN), wait > 0 ? 'fair' : 'ready')
      }
      show(told, time < toldUntil)
      const seconds = Math.ceil((view.player(view.me).respawnAt - view.tick) / TICK_RATE)
      show(back, ship === null && seconds > 0)
      if (seconds > 0) write(back, `Next ship in ${seconds}`)
      hint.classList.toggle('gone', time > HINT)
    },
    destroyed(view, by, whom, crash, time) {
      const pilot = (player: PlayerId): Pilot => ({ name: nameOf(player), color: view.player(player).color })
      feed.add(by === null ? null : pilot(by), pilot(whom), crash, time)
      if (whom === view.me) tell(by === null ? 'You crashed' : `${nameOf(by)} got you`, time)
      else if (by === view.me) tell(`You ${crash ? 'wrecked' : 'shot down'} ${nameOf(whom)}`, time)
      if (whom === view.me || by === view.me)
        told.style.color = liveryOf(view.player(whom === view.me ? (by ?? whom) : whom).color).color
    },
    setMuted(muted) {
      write(mute, muted ? 'Sound off' : 'Sound on')
      mute.setAttribute('aria-pressed', String(muted))
      mute.title = 'Key M'
    },
    destroy() {
      root.remove()
    },
  }
}

function clockText({ globals, tick }: DogstarView): string {
  if (globals.phase === 'waiting') return 'Practice'
  const seconds = Math.max(0, Math.ceil((globals.endsAt - tick) / TICK_RATE))
  if (globals.phase === 'over') return `Next round in ${seconds}`
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

function makeGauge(parent: HTMLElement, name: string, label: string): { set(share: number, state: string): void } {
  const gauge = element(parent, 'div', `gauge ${name}`)
  element(gauge, 'span', '', label)
  const fill = element(element(gauge, 'div', 'track'), 'div', 'fill')
  let shown = ''
  return {
    set(share, state) {
      const now = `${Math.round(share * 100)}% ${state}`
      if (now === shown) return
      shown = now
      fill.style.width = `${Math.round(share * 100)}%`
      fill.dataset.state = state
    },
  }
}

/** Runs an element's animation once more. */
function restart(target: HTMLElement): void {
  for (const animation of target.getAnimations()) animation.cancel()
  target.animate([{ opacity: 0.85 }, { opacity: 0 }], { duration: 420, easing: 'ease-out' })
}
