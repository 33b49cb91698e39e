/**
 * A microphone or a camera: asks the browser for it, and keeps it for as long as it is needed. In go constraints; out go the track to
 * send now, and problems.
 *
 * A device that is unplugged ends its track. The browser's own choice takes its place, or else the next device that is plugged in. A
 * phone call only mutes the track, which goes on by itself.
 *
 * Invariants: after `close` no track lives, also not one that the browser gives later, and no event is told.
 */
import type { Cancel } from '../platform/platform.ts'
import type { TrackKind } from './media-peer-connection.ts'
import type { MediaPlatform } from './media-platform.ts'
import type { MediaProblem, MediaRefusal } from './types.ts'

export interface CaptureEvents {
  /** What is sent from now on; null: there is no device. */
  track(track: MediaStreamTrack | null): void
  problem(problem: MediaProblem): void
}

export class Capture {
  track: MediaStreamTrack | null = null
  private readonly kind: TrackKind
  private readonly constraints: MediaTrackConstraints
  private readonly platform: MediaPlatform
  private readonly events: CaptureEvents
  private stopWatching: Cancel = () => {}
  private closed = false
  private reopening = false

  /** `constraints`: for whatever device `open` asks for. */
  constructor(kind: TrackKind, constraints: MediaTrackConstraints, platform: MediaPlatform, events: CaptureEvents) {
    this.kind = kind
    this.constraints = constraints
    this.platform = platform
    this.events = events
  }

  /** Asks for a device, which takes the place of the one before. Resolves to null, or to why the one before stays. */
  async open(device: string | null): Promise<MediaRefusal | null> {
    const asked = await this.ask(device)
    if (typeof asked === 'string') return asked
    if (this.closed) {
      asked.stop()
      return 'left'
    }
    this.use(asked)
    return null
  }

  close(): void {
    this.closed = true
    this.release()
    this.stopWatching()
  }

  private async ask(device: string | null): Promise<MediaStreamTrack | MediaRefusal> {
    const { isSecure, devices } = this.platform
    if (!devices) return isSecure ? 'not-supported' : 'insecure-context'
    const wanted = { ...this.constraints, ...(device !== null && { deviceId: { exact: device } }) }
    try {
      const stream = await devices.getUserMedia({ [this.kind]: wanted })
      const [track, ...others] = stream.getTracks()
      for (const other of others) other.stop()
      return track ?? 'no-device'
    } catch (error) {
      return refusalOf(error)
    }
  }

  private use(track: MediaStreamTrack): void {
    this.release()
    this.track = track
    track.onended = () => void this.lost()
    track.onmute = () => this.events.problem('interrupted')
    track.onunmute = () => this.events.problem('device-back')
    this.stopWatching()
    this.stopWatching = this.platform.onDeviceChange(() => {
      if (!this.track) void this.reopen('device-back')
      // Some browsers report the end of a device only by this event.
      else if (this.track.readyState === 'ended') void this.lost()
    })
    this.events.track(track)
  }

  private release(): void {
    const { track } = this
    this.track = null
    if (!track) return
    track.onended = track.onmute = track.onunmute = null
    track.stop()
  }

  private async lost(): Promise<void> {
    if (this.closed || !this.track) return
    this.release()
    this.events.track(null)
    if (!(await this.reopen('device-changed')) && !this.closed) this.events.problem('device-lost')
  }

  private async reopen(told: MediaProblem): Promise<boolean> {
    if (this.closed || this.reopening) return false
    this.reopening = true
    const refusal = await this.open(null)
    this.reopening = false
    if (refusal !== null) return false
    this.events.problem(told)
    return true
  }
}

/** By the names that browsers give to errors of getUserMedia. */
function refusalOf(error: unknown): MediaRefusal {
  const name = typeof error === 'object' && error !== null && 'name' in error ? error.name : null
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'no-device'
  if (name === 'NotReadableError' || name === 'AbortError') return 'device-busy'
  // NotAllowedError by the player, SecurityError by a policy of the page.
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'no-permission'
  return 'not-supported'
}

/** The devices of a kind, as the browser lists them to this page. */
export async function listDevices(kind: TrackKind, platform: MediaPlatform): Promise<{ id: string; label: string }[]> {
  const all = await platform.devices?.enumerateDevices().catch(() => [])
  return (all ?? [])
    .filter((device) => device.kind === `${kind}input`)
    .map(({ deviceId, label }) => ({ id: deviceId, label }))
}
