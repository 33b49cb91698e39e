/** Touch: the left thumb points where to fly, the right one fires. Shown on screens that are touched, or once they are. */

export interface Touch {
  /** Where the left thumb points, in radians, or null while it rests. */
  readonly heading: number | null
  readonly thrust: boolean
  readonly fire: boolean
  readonly special: boolean
  takeDash(): boolean
  destroy(): void
}

/** Share of the reach below which the thumb rests, and above which the engine burns. */
const REST = 0.22
const BURN = 0.62

export function readTouch(parent: HTMLElement): Touch {
  const root = document.createElement('div')
  root.className = 'dogstar-touch'
  const zone = part(root, 'div', 'stick-zone')
  const base = part(zone, 'div', 'stick')
  const knob = part(base, 'div', 'knob')
  const dash = button(root, 'dash', 'Dash')
  const special = button(root, 'special', 'Special')
  const fire = button(root, 'fire', 'Fire')
  parent.append(root)

  let heading: number | null = null
  let burning = false
  let dashed = false
  let thumb: number | null = null
  let originX = 0
  let originY = 0
  /** CSS pixels from the stick's middle to its edge: the stick's size follows the screen's. */
  let reach = 1

  const rest = (): void => {
    thumb = null
    heading = null
    burning = false
    base.classList.remove('held')
    base.style.removeProperty('left')
    base.style.removeProperty('top')
    knob.style.removeProperty('transform')
  }
  const point = (event: PointerEvent): void => {
    const dx = event.clientX - originX
    const dy = event.clientY - originY
    const length = Math.hypot(dx, dy)
    const share = Math.min(1, length / reach)
    const scale = length > 0 ? (share * reach) / length : 0
    knob.style.transform = `translate(${dx * scale}px, ${dy * scale}px)`
    heading = share > REST ? Math.atan2(dy, dx) : null
    burning = share > BURN
  }
  zone.addEventListener('pointerdown', (event) => {
    if (thumb !== null) return
    thumb = event.pointerId
    zone.setPointerCapture(thumb)
    // The stick comes to the thumb, not the thumb to the stick.
    const box = zone.getBoundingClientRect()
    reach = Math.max(1, base.offsetWidth / 2)
    originX = event.clientX
    originY = event.clientY
    base.classList.add('held')
    base.style.left = `${originX - box.left}px`
    base.style.top = `${originY - box.top}px`
    point(event)
  })
  zone.addEventListener('pointermove', (event) => {
    if (event.pointerId === thumb) point(event)
  })
  for (const type of ['pointerup', 'pointercancel'] as const)
    zone.addEventListener(type, (event) => {
      if (event.pointerId === thumb) rest()
    })
  const isFiring = held(fire)
  const isSpecial = held(special)
  dash.addEventListener('pointerdown', () => {
    dashed = true
  })
  root.addEventListener('contextmenu', (event) => event.preventDefault())

  // A laptop with a touch screen says "fine pointer": the controls come with the first touch.
  const show = (event: PointerEvent): void => {
    if (event.pointerType === 'touch') parent.classList.add('dogstar-touched')
  }
  if (matchMedia('(pointer: coarse)').matches) parent.classList.add('dogstar-touched')
  window.addEventListener('pointerdown', show)

  return {
    get heading() {
      return heading
    },
    get thrust() {
      return burning
    },
    get fire() {
      return isFiring()
    },
    get special() {
      return isSpecial()
    },
    takeDash() {
      const taken = dashed
      dashed = false
      return taken
    },
    destroy() {
      window.removeEventListener('pointerdown', show)
      parent.classList.remove('dogstar-touched')
      root.remove()
    },
  }
}

function part(parent: HTMLElement, tag: 'div', name: string): HTMLElement {
  const element = document.createElement(tag)
  element.className = name
  parent.append(element)
  return element
}

/** Whether a finger is on the button. */
function held(pressed: HTMLButtonElement): () => boolean {
  let isHeld = false
  const set = (value: boolean): void => {
    isHeld = value
    pressed.classList.toggle('held', value)
  }
  pressed.addEventListener('pointerdown', (event) => {
    pressed.setPointerCapture(event.pointerId)
    set(true)
  })
  for (const type of ['pointerup', 'pointercancel'] as const) pressed.addEventListener(type, () => set(false))
  return () => isHeld
}

function button(parent: HTMLElement, name: string, text: string): HTMLButtonElement {
  const element = document.createElement('button')
  element.type = 'button'
  // Not a stop of the Tab key: the keyboard has keys for it.
  element.tabIndex = -1
  element.className = name
  element.textContent = text
  parent.append(element)
  return element
}
