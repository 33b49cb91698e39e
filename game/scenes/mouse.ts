/**
 * The mouse as a device of the player's hands: its buttons are codes, and after a press in the arena the ship turns to where it points. A key
 * that turns takes the ship back. A mouse that only moves never takes it: a table is knocked easily.
 */
import type { Hands } from '../hands/hands.ts'

export interface Mouse {
  /** Where it points, in shares of the arena's picture from its left upper corner; null while it does not steer. */
  readonly aim: { readonly x: number; readonly y: number } | null
  /** Whether this page's pilot flies: to those who watch, a press is for the picture. */
  flies: boolean
  destroy(): void
}

export interface MouseParts {
  readonly stage: HTMLElement
  readonly hands: Hands
  /** Whether the ship may be turned by the mouse. Its buttons work in any case. */
  readonly mayAim: () => boolean
}

export function hearMouse({ stage, hands, mayAim }: MouseParts): Mouse {
  const stop = new AbortController()
  const { signal } = stop
  let steers = false
  let at = { x: 0.5, y: 0.5 }
  const point = ({ clientX, clientY }: MouseEvent): void => {
    const box = stage.getBoundingClientRect()
    at = { x: (clientX - box.left) / Math.max(1, box.width), y: (clientY - box.top) / Math.max(1, box.height) }
  }
  const mouse = {
    flies: false,
    get aim() {
      if (steers && (!mayAim() || hands.holds('left') || hands.holds('right'))) steers = false
      stage.classList.toggle('dogstar-aims', steers)
      return steers ? at : null
    },
    destroy() {
      hands.release('mouse')
      stop.abort()
    },
  }
  const down = (event: PointerEvent): void => {
    // Buttons of the display are pressed, not shot at.
    if (event.pointerType !== 'mouse' || !mouse.flies || !isOfPicture(event)) return
    steers = mayAim()
    point(event)
    hands.down('mouse', `Mouse${event.button}`)
  }
  stage.addEventListener('pointerdown', down, { signal })
  // While one button is down, another one is told by a move.
  stage.addEventListener('mousedown', (event) => mouse.flies && isOfPicture(event) && press(event, hands), { signal })
  window.addEventListener('mouseup', (event) => hands.up('mouse', `Mouse${event.button}`), { signal })
  window.addEventListener('pointermove', (event) => event.pointerType === 'mouse' && point(event), { signal })
  window.addEventListener('blur', () => hands.release('mouse'), { signal })
  stage.addEventListener('contextmenu', (event) => mouse.flies && isOfPicture(event) && event.preventDefault(), {
    signal,
  })
  return mouse
}

/** Of the arena, also where the zone for a thumb lies over it. */
function isOfPicture({ target }: MouseEvent): boolean {
  return target instanceof Element && target.matches('canvas, .stick-zone, .stick-zone *')
}

/** A middle click would begin to scroll, and the side buttons would leave the page. */
function press(event: MouseEvent, hands: Hands): void {
  if (event.button === 0) return
  hands.down('mouse', `Mouse${event.button}`)
  event.preventDefault()
}
