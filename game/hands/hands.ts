/**
 * What all devices of a player hold at this moment. In: codes that go down and up, by device, and buttons of the screen. Out: which actions
 * are held, and which were pressed since somebody asked. No DOM.
 *
 * Invariants: an action is held as long as any code or screen button of it is down; a press is told once, however short it was; a code that
 * changes its action while it is down acts for the new one.
 */
import type { Action } from './actions.ts'
import { actionOf, type Bindings } from './bindings.ts'

export type Device = 'keyboard' | 'mouse' | 'gamepad' | 'touch'

export interface Hands {
  holds(action: Action): boolean
  /** Whether the action was pressed since it was last taken. */
  take(action: Action): boolean
  /** Whether a code does anything. */
  isBound(code: string): boolean
  down(device: Device, code: string): void
  up(device: Device, code: string): void
  /** A button of the screen, which does one action for good. */
  hold(action: Action, isHeld: boolean): void
  /** Lets go of everything that a device holds: it went away, or the window lost it. */
  release(device: Device): void
  /** What was used last; `keyboard` at first. */
  readonly last: Device
  /** Told at each press, at once. */
  onPress: ((action: Action) => void) | null
}

export function makeHands(bindings: () => Bindings): Hands {
  const codes = new Map<string, Device>()
  const screen = new Set<Action>()
  const pressed = new Set<Action>()
  const press = (action: Action): void => {
    pressed.add(action)
    hands.onPress?.(action)
  }
  const hands = {
    last: 'keyboard' as Device,
    onPress: null as Hands['onPress'],
    holds: (action: Action) => screen.has(action) || bindings()[action].some((code) => codes.has(code)),
    take: (action: Action) => pressed.delete(action),
    isBound: (code: string) => actionOf(bindings(), code) !== null,
    down(device: Device, code: string) {
      if (codes.has(code)) return
      codes.set(code, device)
      hands.last = device
      const action = actionOf(bindings(), code)
      if (action) press(action)
    },
    up(device: Device, code: string) {
      if (codes.get(code) === device) codes.delete(code)
    },
    hold(action: Action, isHeld: boolean) {
      hands.last = 'touch'
      if (!isHeld) screen.delete(action)
      else if (!screen.has(action)) {
        screen.add(action)
        press(action)
      }
    },
    release(device: Device) {
      for (const [code, holder] of codes) if (holder === device) codes.delete(code)
      if (device === 'touch') screen.clear()
    },
  }
  return hands
}
