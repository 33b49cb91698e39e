/** All devices of the player's hands, from keyboard to gamepad, as one: set up with a match, and gone with it. */
import { makeHands } from '../hands/hands.ts'
import type { Preferences } from '../hands/preferences.ts'
import type { Devices } from './controls.ts'
import { hearGamepads } from './gamepad.ts'
import { hearKeys } from './keyboard.ts'
import { hearMouse } from './mouse.ts'
import type { DogstarSession } from './parts.ts'
import { feelEvents } from './rumble.ts'
import { hearTouch } from './touch.ts'

/** `preferences` is asked all the time: what the player changes in a match acts at once. */
export function makeDevices(stage: HTMLElement, session: DogstarSession, preferences: () => Preferences): Devices {
  const hands = makeHands(() => preferences().bindings)
  const leftHanded = () => preferences().leftHanded
  const deafKeys = hearKeys(hands)
  const mouse = hearMouse({ stage, hands, mayAim: () => preferences().mouseAim })
  const touch = hearTouch({ stage, hands, leftHanded })
  const pads = hearGamepads({
    hands,
    deadZone: () => preferences().deadZone,
    mayRumble: () => preferences().rumble,
  })
  const numb = feelEvents(session, pads)
  return {
    hands,
    mouse,
    sticks: () => [touch.stick, pads.stick],
    aimHelp: () => preferences().aimHelp,
    get choice() {
      return pads.choice
    },
    look(flies, chooses) {
      mouse.flies = flies
      stage.classList.toggle('dogstar-left-handed', leftHanded())
      pads.read(chooses)
    },
    destroy() {
      numb()
      deafKeys()
      mouse.destroy()
      touch.destroy()
      pads.destroy()
    },
  }
}
