/** The keyboard: arrows or WASD, space to fire, E or X for the special, shift to dash. Keys that go to a text field or a button are not ours. */

export interface Keys {
  readonly left: boolean
  readonly right: boolean
  readonly thrust: boolean
  readonly brake: boolean
  readonly fire: boolean
  readonly special: boolean
  readonly scores: boolean
  /** Whether dash was pressed since the last time somebody asked. */
  takeDash(): boolean
  destroy(): void
}

type Action = 'left' | 'right' | 'thrust' | 'brake' | 'fire' | 'special' | 'dash' | 'scores' | 'mute'

/** By the key's place, so that WASD is where it is on every layout. */
const actions: Readonly<Record<string, Action>> = {
  ArrowLeft: 'left',
  KeyA: 'left',
  ArrowRight: 'right',
  KeyD: 'right',
  ArrowUp: 'thrust',
  KeyW: 'thrust',
  ArrowDown: 'brake',
  KeyS: 'brake',
  Space: 'fire',
  KeyE: 'special',
  KeyX: 'special',
  ShiftLeft: 'dash',
  ShiftRight: 'dash',
  Tab: 'scores',
  KeyM: 'mute',
}

export function readKeys(onMute: () => void): Keys {
  const held = new Set<string>()
  let dashed = false
  const holds = (action: Action): boolean => {
    for (const code of held) if (actions[code] === action) return true
    return false
  }
  const down = (event: KeyboardEvent): void => {
    const action = actions[event.code]
    if (!action || event.ctrlKey || event.metaKey || event.altKey || isTaken(event.target)) return
    // Arrows and space would scroll the page, Tab would leave it.
    event.preventDefault()
    if (event.repeat) return
    held.add(event.code)
    if (action === 'dash') dashed = true
    if (action === 'mute') onMute()
  }
  const up = (event: KeyboardEvent): void => {
    held.delete(event.code)
  }
  // A window that loses the focus never hears of the keys that are let go.
  const release = (): void => held.clear()
  window.addEventListener('keydown', down)
  window.addEventListener('keyup', up)
  window.addEventListener('blur', release)
  return {
    get left() {
      return holds('left')
    },
    get right() {
      return holds('right')
    },
    get thrust() {
      return holds('thrust')
    },
    get brake() {
      return holds('brake')
    },
    get fire() {
      return holds('fire')
    },
    get special() {
      return holds('special')
    },
    get scores() {
      return holds('scores')
    },
    takeDash() {
      const taken = dashed
      dashed = false
      return taken
    },
    destroy() {
      window.removeEventListener('keydown', down)
      window.removeEventListener('keyup', up)
      window.removeEventListener('blur', release)
    },
  }
}

/** Fields are typed into, and a control that was reached with the keyboard is worked with it. What merely has the focus is not. */
function isTaken(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target.matches('input, textarea, select')) return true
  return target.matches('button, a[href], summary') && target.matches(':focus-visible')
}
