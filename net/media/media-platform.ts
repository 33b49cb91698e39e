/**
 * What voice and video ask of the page: microphone and camera, sound, what the player sees. An argument with
 * {@link thisMedia} as its default, so that tests bring their own.
 */
import type { Cancel } from '../platform/platform.ts'

export interface MediaPlatform {
  /** Whether the browser gives a microphone to pages of this origin at all. */
  readonly isSecure: boolean
  /** Null where there are no media devices. */
  readonly devices: Pick<MediaDevices, 'getUserMedia' | 'enumerateDevices'> | null
  /** A device was plugged in or out. */
  onDeviceChange(changed: () => void): Cancel
  /** Null where there is no sound. May throw. */
  newAudioContext(): AudioContext | null
  newStream(track: MediaStreamTrack): MediaStream
  /**
   * Chromium gives the sound of a stream from afar to WebAudio only while some element plays that stream. This plays it
   * without a sound of its own.
   */
  playSilently(stream: MediaStream): Cancel
  /** The player clicks or presses a key, which lets the page play sound. */
  onGesture(acted: () => void): Cancel
  /** Whether the page is shown. */
  isShown(): boolean
  /** The page is shown or hidden. */
  onShownChange(changed: () => void): Cancel
}

const GESTURES = ['pointerdown', 'keydown', 'touchend'] as const

/** The page that this module is loaded in. Outside of a page there are no devices. */
export const thisMedia: MediaPlatform = {
  get isSecure() {
    return globalThis.isSecureContext === true
  },
  get devices() {
    return globalThis.navigator?.mediaDevices ?? null
  },
  onDeviceChange(changed) {
    const devices = globalThis.navigator?.mediaDevices
    devices?.addEventListener('devicechange', changed)
    return () => devices?.removeEventListener('devicechange', changed)
  },
  newAudioContext: () => (typeof AudioContext === 'function' ? new AudioContext() : null),
  newStream: (track) => new MediaStream([track]),
  playSilently(stream) {
    const element = new Audio()
    element.muted = true
    element.srcObject = stream
    // It rejects where the browser wants a gesture first, and when it is stopped before it began.
    element.play().catch(() => {})
    return () => {
      element.pause()
      element.srcObject = null
    }
  },
  onGesture(acted) {
    for (const name of GESTURES) globalThis.addEventListener?.(name, acted, { capture: true, passive: true })
    return () => {
      for (const name of GESTURES) globalThis.removeEventListener?.(name, acted, { capture: true })
    }
  },
  isShown: () => typeof document === 'undefined' || document.visibilityState === 'visible',
  onShownChange(changed) {
    if (typeof document === 'undefined') return () => {}
    document.addEventListener('visibilitychange', changed)
    return () => document.removeEventListener('visibilitychange', changed)
  },
}
