/** Dogstar's door: a running match and a place on the page in, a game that can be ended out. */

import Phaser from 'phaser'
import type { Session } from 'starwire'
import { defaultPreferences, type Preferences } from './hands/preferences.ts'
import { texts } from './languages/language.ts'
import { showSafeColors } from './looks/palette.ts'
import type { DogstarShape } from './rules/dogstar.ts'
import type { PlayerId } from './rules/shape.ts'
import { makeArena } from './scenes/arena.ts'
import { makeDevices } from './scenes/devices.ts'
import { makeHud } from './scenes/hud.ts'
import { makeMarks } from './scenes/marks.ts'
import { makeSound, rememberSwitches } from './scenes/sound.ts'
import { makeVoices } from './scenes/voices.ts'

export { liveryOf } from './looks/palette.ts'
export { resultOf } from './result.ts'
export { type DogstarShape, dogstar } from './rules/dogstar.ts'

export interface DogstarOptions {
  /** The name of a player, from the lobby's roster. Asked in every frame, so it may change. */
  nameOf(player: PlayerId): string
  /** Whether a player speaks now. Asked in every frame. Default: nobody does. */
  speaks?(player: PlayerId): boolean
  /** A round picture for a player's ship. Asked in every frame; another picture is another canvas. Default: nobody has one. */
  pictureOf?(player: PlayerId): HTMLCanvasElement | null
  /** How the player flies, sees and hears. Asked in every frame, so it may change. Default: as Dogstar comes. */
  preferences?(): Preferences
  /** Default `auto`: WebGL where a GPU draws it, else the plain canvas. The other two insist, for tests. */
  readonly renderer?: 'auto' | 'canvas' | 'webgl'
}

/** More pixels than two per CSS pixel cost a phone its frame rate and nobody sees them. */
const SHARPEST = 2

export interface RunningDogstar {
  /** Where a player's ship was drawn last, in the arena's units; null without a ship. */
  placeOf(player: PlayerId): { readonly x: number; readonly y: number } | null
  destroy(): void
}

/**
 * Shows a match in `parent`, which it fills and whose size it follows. `destroy` takes everything away again, but
 * does not end the session.
 */
export function startDogstar(
  session: Session<DogstarShape>,
  parent: HTMLElement,
  {
    nameOf,
    speaks = () => false,
    pictureOf = () => null,
    preferences = () => defaultPreferences,
    renderer = 'auto',
  }: DogstarOptions,
): RunningDogstar {
  const stage = document.createElement('div')
  stage.className = 'dogstar'
  Object.assign(stage.style, { position: 'relative', width: '100%', height: '100%', overflow: 'hidden' })
  stage.style.background = '#05060f'
  stage.style.touchAction = 'none'
  parent.append(stage)

  const sound = makeSound(preferences)
  const toggleMute = (): void => {
    sound.muted = !sound.muted
    rememberSwitches(sound)
    hud.setMuted(sound.muted)
  }
  showSafeColors(preferences().safeColors)
  const marks = makeMarks(nameOf, () => preferences().safeColors)
  const motion = matchMedia('(prefers-reduced-motion: reduce)')
  const calm = (): boolean => motion.matches || preferences().lessMotion
  const hud = makeHud(
    stage,
    marks.nameOf,
    () => calm() || !preferences().flashes,
    toggleMute,
    (go) => sound.play(go ? 'go' : 'tick'),
    () => preferences().bindings,
  )
  hud.setMuted(sound.muted)
  const devices = makeDevices(stage, session, preferences)
  devices.hands.onPress = (action) => {
    if (action === 'mute') toggleMute()
    if (action === 'music') {
      sound.musicOff = !sound.musicOff
      rememberSwitches(sound)
    }
  }
  const density = (): number => Math.min(SHARPEST, Math.max(1, window.devicePixelRatio))
  const size = () => ({
    width: Math.max(1, Math.round(stage.clientWidth * density())),
    height: Math.max(1, Math.round(stage.clientHeight * density())),
  })

  const voices = makeVoices(speaks)
  const game = new Phaser.Game({
    type: renderer === 'webgl' || (renderer === 'auto' && hasFastWebGL()) ? Phaser.WEBGL : Phaser.CANVAS,
    parent: stage,
    backgroundColor: '#05060f',
    banner: false,
    // The page decides what has the focus.
    autoFocus: false,
    // Multisampling is what makes software WebGL slow, and sprites with soft edges gain nothing from it.
    render: { antialias: true, antialiasGL: false, powerPreference: 'high-performance' },
    audio: { noAudio: true },
    // The hands are read by devices.ts: nothing of Phaser listens on the page.
    input: { keyboard: false, mouse: false, touch: false, gamepad: false },
    scale: { mode: Phaser.Scale.NONE, ...size(), zoom: 1 / density() },
    scene: [
      makeArena({
        session,
        nameOf: marks.nameOf,
        look: marks.look,
        voices,
        pictureOf,
        devices,
        hud,
        sound,
        shaking: () => (calm() ? 0 : preferences().shake),
        flashes: () => preferences().flashes,
      }),
    ],
  })
  const fill = (): void => {
    game.canvas.style.width = `${stage.clientWidth}px`
    game.canvas.style.height = `${stage.clientHeight}px`
  }
  // Under the display, whatever order the two came in.
  const place = (): void => {
    stage.prepend(game.canvas)
    game.canvas.style.display = 'block'
    // Phaser hands out the canvas of the match before, with the size that it had when its stage went: none.
    fill()
    game.canvas.setAttribute('role', 'img')
    game.canvas.setAttribute('aria-label', texts.arena.picture)
  }
  game.events.once(Phaser.Core.Events.READY, place)
  game.events.once(Phaser.Core.Events.DESTROY, () => {
    // Phaser sets these two and leaves them.
    window.onblur = null
    window.onfocus = null
  })

  let alive = true
  const fit = (): void => {
    if (!alive) return
    keepClear(stage)
    if (!game.isBooted) return
    const { width, height } = size()
    if (game.scale.width === width && game.scale.height === height) return
    game.scale.setZoom(1 / density())
    game.scale.resize(width, height)
    // Phaser writes the size of before the change.
    fill()
  }
  const observer = new ResizeObserver(fit)
  observer.observe(stage)

  return {
    placeOf: voices.placeOf,
    destroy() {
      if (!alive) return
      alive = false
      observer.disconnect()
      devices.destroy()
      sound.destroy()
      hud.destroy()
      // Phaser takes itself down at its next frame; the stage goes now, so the page sees no last picture.
      game.destroy(true)
      stage.remove()
    },
  }
}

/** Tells hud.css how far the page keeps the stage from each side of the screen: a cut-out above the stage is no concern of it. */
function keepClear(stage: HTMLElement): void {
  const { left, top, right, bottom } = stage.getBoundingClientRect()
  const sides = { top, left, right: window.innerWidth - right, bottom: window.innerHeight - bottom }
  for (const [side, pixels] of Object.entries(sides))
    stage.style.setProperty(`--page-${side}`, `${Math.max(0, pixels)}px`)
}

/** Without a GPU, browsers draw WebGL in software, at a quarter of the frames that the plain canvas reaches there. */
function hasFastWebGL(): boolean {
  const gl = document.createElement('canvas').getContext('webgl')
  if (!gl) return false
  const info = gl.getExtension('WEBGL_debug_renderer_info')
  const name = String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER))
  gl.getExtension('WEBGL_lose_context')?.loseContext()
  return !/swiftshader|llvmpipe|software|basic render/i.test(name)
}
