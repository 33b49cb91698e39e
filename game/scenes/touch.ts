/**
 * Touch as a device of the player's hands: one thumb points where to fly, the other one presses buttons. Shown on screens that are touched, or
 * once they are. For the left hand all of it is mirrored (touch.css).
 */

import type { Action } from '../hands/actions.ts'
import type { Hands } from '../hands/hands.ts'
import { atRest, type Stick, stickOf } from '../hands/stick.ts'
import { texts } from '../languages/language.ts'
import './touch.css'

export interface Touch {
  /** Where the thumb points. */
  readonly stick: Stick
  destroy(): void
}

export interface TouchParts {
  readonly stage: HTMLElement
  readonly hands: Hands
  readonly leftHanded: () => boolean
}

/** Share of the reach below which the thumb rests. */
const REST = 0.22

/** The buttons, from the one nearest to the stick. Each has a class of its action's name (hud.css). */
const buttons = ['dash', 'special', 'fire'] as const satisfies readonly Action[]

export function hearTouch({ stage, hands, leftHanded }: TouchParts): Touch {
  const root = document.createElement('div')
  root.className = 'dogstar-touch'
  const thumb = makeStick(root, leftHanded)
  for (const action of buttons) addButton(root, action, texts.arena[action], hands)
  root.addEventListener('contextmenu', (event) => event.preventDefault())
  stage.append(root)

  // A laptop with a touch screen says "fine pointer": the controls come with the first touch.
  const show = (event: PointerEvent): void => {
    if (event.pointerType === 'touch') stage.classList.add('dogstar-touched')
  }
  if (matchMedia('(pointer: coarse)').matches) stage.classList.add('dogstar-touched')
  window.addEventListener('pointerdown', show)

  return {
    get stick() {
      return thumb.stick
    },
    destroy() {
      window.removeEventListener('pointerdown', show)
      stage.classList.remove('dogstar-touched')
      hands.release('touch')
      root.remove()
    },
  }
}

/** The stick and the zone in which it comes to the thumb. */
function makeStick(root: HTMLElement, leftHanded: () => boolean): { readonly stick: Stick } {
  const zone = part(root, 'stick-zone')
  const base = part(zone, 'stick')
  const knob = part(base, 'knob')
  let stick = atRest
  let finger: number | null = null
  let originX = 0
  let originY = 0
  /** CSS pixels from the stick's middle to its edge: the stick's size follows the screen's. */
  let reach = 1

  const rest = (): void => {
    finger = null
    stick = atRest
    base.classList.remove('held')
    base.style.removeProperty('left')
    base.style.removeProperty('top')
    knob.style.removeProperty('transform')
  }
  const point = (event: PointerEvent): void => {
    const dx = event.clientX - originX
    const dy = event.clientY - originY
    const length = Math.hypot(dx, dy)
    const scale = length > reach ? reach / length : 1
    // The mirror of touch.css turns the drawing around, not the wish.
    knob.style.transform = `translate(${dx * scale * (leftHanded() ? -1 : 1)}px, ${dy * scale}px)`
    stick = stickOf(dx / reach, dy / reach, REST)
  }
  zone.addEventListener('pointerdown', (event) => {
    // A mouse has its own way to fly, also on a screen that was touched (mouse.ts).
    if (finger !== null || event.pointerType === 'mouse') return
    finger = event.pointerId
    zone.setPointerCapture(finger)
    // The stick comes to the thumb, not the thumb to the stick.
    const box = zone.getBoundingClientRect()
    reach = Math.max(1, base.offsetWidth / 2)
    originX = event.clientX
    originY = event.clientY
    base.classList.add('held')
    base.style.left = `${leftHanded() ? box.right - originX : originX - box.left}px`
    base.style.top = `${originY - box.top}px`
    point(event)
  })
  zone.addEventListener('pointermove', (event) => {
    if (event.pointerId === finger) point(event)
  })
  for (const type of ['pointerup', 'pointercancel'] as const)
    zone.addEventListener(type, (event) => {
      if (event.pointerId === finger) rest()
    })
  return {
    get stick() {
      return stick
    },
  }
}

function part(parent: HTMLElement, name: string): HTMLElement {
  const element = document.createElement('div')
  element.className = name
  parent.append(element)
  return element
}

function addButton(parent: HTMLElement, action: Action, text: string, hands: Hands): void {
  const element = document.createElement('button')
  element.type = 'button'
  // Not a stop of the Tab key: the keyboard has keys for it.
  element.tabIndex = -1
  element.className = action
  element.textContent = text
  parent.append(element)
  const hold = (isHeld: boolean): void => {
    hands.hold(action, isHeld)
    element.classList.toggle('held', isHeld)
  }
  element.addEventListener('pointerdown', (event) => {
    element.setPointerCapture(event.pointerId)
    hold(true)
  })
  for (const type of ['pointerup', 'pointercancel', 'lostpointercapture'] as const)
    element.addEventListener(type, () => hold(false))
}
