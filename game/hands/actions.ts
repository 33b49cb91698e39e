/**
 * What a player can do with their hands, as a table: how each reaches the rules, and which keys and buttons do it at
 * first. What it is called is a text (languages/). Keyboard, mouse and gamepad, the screen that changes them, and the hint over the arena all read this table: a new action is one line.
 *
 * A code names a key, a mouse button or a gamepad button: `KeyboardEvent.code`, so that WASD is where it is on every layout; `Mouse0` to
 * `Mouse4`; `Pad0` to `Pad31` as the standard gamepad numbers them; `PadAxis2+` for an axis that is pushed.
 */

interface ActionRow {
  readonly keys: readonly string[]
  readonly pad: readonly string[]
  /** How the rules get it: as long as it is held, or once for each press. Absent: it is none of the rules' input. */
  readonly input?: 'held' | 'pressed'
}

export const actions = {
  left: { keys: ['ArrowLeft', 'KeyA'], pad: ['Pad14'] },
  right: { keys: ['ArrowRight', 'KeyD'], pad: ['Pad15'] },
  thrust: { keys: ['ArrowUp', 'KeyW', 'Mouse2'], pad: ['Pad12', 'Pad0'], input: 'held' },
  brake: { keys: ['ArrowDown', 'KeyS'], pad: ['Pad13', 'Pad6'], input: 'held' },
  fire: { keys: ['Space', 'Mouse0'], pad: ['Pad7', 'Pad2'], input: 'held' },
  special: { keys: ['KeyE', 'KeyX', 'Mouse1'], pad: ['Pad3', 'Pad4'], input: 'held' },
  dash: { keys: ['ShiftLeft', 'ShiftRight'], pad: ['Pad1', 'Pad5'], input: 'pressed' },
  scores: { keys: ['Tab'], pad: ['Pad8'] },
  again: { keys: ['KeyR'], pad: ['Pad9'] },
  vote1: { keys: ['Digit1'], pad: [] },
  vote2: { keys: ['Digit2'], pad: [] },
  vote3: { keys: ['Digit3'], pad: [] },
  vote4: { keys: ['Digit4'], pad: [] },
  mute: { keys: ['KeyM'], pad: [] },
  music: { keys: ['KeyB'], pad: [] },
} as const satisfies Readonly<Record<string, ActionRow>>

export type Action = keyof typeof actions

export const actionNames = Object.keys(actions) as readonly Action[]

/** The votes about the next round, in the order of the modes. */
export const voteActions = ['vote1', 'vote2', 'vote3', 'vote4'] as const satisfies readonly Action[]

/** The actions that are fields of the rules' input by the same name. */
type With<Kind> = { [A in Action]: (typeof actions)[A] extends { input: Kind } ? A : never }[Action]
export type HeldInput = With<'held'>
export type PressedInput = With<'pressed'>

function namesOf<Name extends Action>(kind: ActionRow['input']): readonly Name[] {
  return actionNames.filter((name) => (actions[name] as ActionRow).input === kind) as Name[]
}

export const heldInputs = namesOf<HeldInput>('held')
export const pressedInputs = namesOf<PressedInput>('pressed')
