/**
 * Gamepads as devices of the player's hands: all that are plugged in count as one, and one may come or go at any time. They have no events
 * for buttons: they are read in every frame. Also what shakes them.
 */
import { type Choice, chooserCodes, makeChooser } from '../hands/chooser.ts'
import type { Hands } from '../hands/hands.ts'
import { readPad } from '../hands/pad.ts'
import { atRest, type Stick } from '../hands/stick.ts'

export interface Gamepads {
  /** The stick that is pushed farthest, as of the last `read`. */
  readonly stick: Stick
  /** What the player chose among buttons on the screen, at the last `read`. */
  readonly choice: Choice | null
  /** Once in every frame. `chooses`: whether there is something to choose: then D-pad, stick and first button do not fly. */
  read(chooses: boolean): void
  /** Shakes the pads, if the player flies with one. `strength` 0 to 1. */
  rumble(strength: number, ms: number): void
  destroy(): void
}

export interface GamepadParts {
  readonly hands: Hands
  readonly deadZone: () => number
  readonly mayRumble: () => boolean
}

export function hearGamepads({ hands, deadZone, mayRumble }: GamepadParts): Gamepads {
  const chooser = makeChooser()
  let choice: Choice | null = null
  let stick = atRest
  /** Codes that were down at the last look. */
  let before: ReadonlySet<string> = new Set()
  const release = (): void => {
    for (const code of before) hands.up('gamepad', code)
    before = new Set()
    stick = atRest
    choice = null
  }
  // A page that is not in front does not hear of the buttons that are let go.
  window.addEventListener('blur', release)
  return {
    get stick() {
      return stick
    },
    get choice() {
      return choice
    },
    read(chooses) {
      const down = new Set<string>()
      let farthest = atRest
      for (const pad of pluggedIn()) {
        const reading = readPad(pad, deadZone())
        for (const code of reading.codes) down.add(code)
        if (reading.stick.push > farthest.push) farthest = reading.stick
      }
      // Also while there is nothing to choose: what is held when the buttons come is no choice.
      const chosen = chooser.read(down, farthest)
      choice = chooses ? chosen : null
      stick = chooses ? atRest : farthest
      const now = chooses ? new Set([...down].filter((code) => !chooserCodes.has(code))) : down
      for (const code of before) if (!now.has(code)) hands.up('gamepad', code)
      for (const code of now) if (!before.has(code)) hands.down('gamepad', code)
      before = now
    },
    rumble(strength, ms) {
      if (!mayRumble() || (hands.last !== 'gamepad' && stick.heading === null)) return
      for (const pad of pluggedIn()) shake(pad, Math.min(1, strength), ms)
    },
    destroy() {
      window.removeEventListener('blur', release)
      release()
    },
  }
}

/** Missing in insecure contexts of some browsers, and forbidden by some pages around this one. */
function pluggedIn(): Gamepad[] {
  try {
    return (navigator.getGamepads?.() ?? []).filter((pad): pad is Gamepad => pad?.connected === true)
  } catch {
    return []
  }
}

function shake(pad: Gamepad, strength: number, duration: number): void {
  // Absent in some browsers, whatever its type says, and refused by pads without motors.
  const motors = pad.vibrationActuator as GamepadHapticActuator | undefined | null
  motors
    ?.playEffect?.('dual-rumble', { duration, strongMagnitude: strength, weakMagnitude: Math.min(1, strength * 1.5) })
    .catch(() => {})
}
