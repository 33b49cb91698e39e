/** Waits for the key, mouse button or gamepad button that a player wants to bind. */
import { readPad } from '../../game/hands/pad.ts'

/**
 * Tells each code that goes down, and null for Escape. The left mouse button is not told: it works the screen. What it returns ends it.
 */
export function listenForCode(tell: (code: string | null) => void): () => void {
  const stop = new AbortController()
  const how = { capture: true, signal: stop.signal }
  const key = (event: KeyboardEvent): void => {
    event.preventDefault()
    event.stopImmediatePropagation()
    if (!event.repeat) tell(event.code === 'Escape' ? null : event.code)
  }
  const mouse = (event: MouseEvent): void => {
    if (event.button === 0) return
    event.preventDefault()
    tell(`Mouse${event.button}`)
  }
  window.addEventListener('keydown', key, how)
  window.addEventListener('mousedown', mouse, how)
  window.addEventListener('contextmenu', (event) => event.preventDefault(), how)
  let before = codesDown()
  let frame = requestAnimationFrame(function look() {
    const now = codesDown()
    for (const code of now) if (!before.has(code)) tell(code)
    before = now
    frame = requestAnimationFrame(look)
  })
  return () => {
    stop.abort()
    cancelAnimationFrame(frame)
  }
}

/** Full deflection only: nobody means a stick that is touched. */
const DEAD_ZONE = 0.5

function codesDown(): ReadonlySet<string> {
  const pads = navigator.getGamepads?.() ?? []
  return new Set(pads.flatMap((pad) => (pad ? readPad(pad, DEAD_ZONE).codes : [])))
}
