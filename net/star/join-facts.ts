/** What a page that joins or hosts has seen so far, for reports. In: what each part of it says. Out: `ConnectionFacts`, or an error with a report. */
import { type ConnectionFacts, connectionReport } from '../errors/connection-report.ts'
import { StarwireError } from '../errors/starwire-error.ts'
import type { Platform } from '../platform/platform.ts'
import type { JoinStage, Signaling } from '../signaling/signals.ts'
import { hasTurn } from '../transport/private-signals.ts'
import type { Reason } from '../wire/reasons.ts'
import type { LinkAttempt } from './open-link.ts'

/** Reasons for which the connection is at fault, and not somebody's will. */
const AT_FAULT: ReadonlySet<Reason> = new Set<Reason>(['no-route', 'host-silent', 'signaling-down', 'no-webrtc'])

/** `opening the lobby`: of a host. */
type Stage = JoinStage | 'opening the lobby'

export class JoinFacts {
  stage: Stage
  clockAheadMs: number | null = null
  serverAnswers: boolean | null = null
  iceServers: readonly RTCIceServer[] = []
  /** Kept after its end. */
  attempt: Pick<LinkAttempt, 'report'> | null = null
  readonly #beganAt: number
  #server: number | null = null
  #host: number | null = null
  #open: number | null = null

  constructor(nowMs: number, stage: Stage = 'finding the lobby') {
    this.#beganAt = nowMs
    this.stage = stage
  }

  /** Where signalling is out of reach, one look more tells why. */
  async askServer(error: unknown, { serverAnswers }: Signaling): Promise<void> {
    const isDown = error instanceof StarwireError && error.reason === 'signaling-down'
    if (isDown && serverAnswers) this.serverAnswers = await serverAnswers()
  }

  /** The same error with what was seen, where the connection is at fault. */
  withReport(error: unknown, platform: Pick<Platform, 'now' | 'isOffline'>): unknown {
    if (!(error instanceof StarwireError) || !AT_FAULT.has(error.reason)) return error
    const { reason, detail, retryAfterSeconds, hostText, canSpectate } = error
    const told = this.tell(reason, detail, platform.now(), platform.isOffline())
    const report = connectionReport({ ...told, route: null })
    return new StarwireError(reason, detail, retryAfterSeconds, { hostText, canSpectate, report })
  }

  reached(stage: JoinStage | 'open', nowMs: number): void {
    const at = nowMs - this.#beganAt
    if (stage === 'open') this.#open = at
    else this.stage = stage
    if (stage === 'contacting the host') this.#server = at
    if (stage === 'connecting') this.#host = at
  }

  /** `reason`: null, it has not failed. */
  tell(reason: Reason | null, detail: string, nowMs: number, isOffline: boolean): Omit<ConnectionFacts, 'route'> {
    const { peer, relay } = this.attempt?.report() ?? { peer: null, relay: 'not-asked' as const }
    const urls = this.iceServers.flatMap(({ urls }) => urls)
    return {
      ...{ reason, detail, stage: this.stage, peer, relay, isOffline },
      ...{ clockAheadMs: this.clockAheadMs, serverAnswers: this.serverAnswers },
      times: { server: this.#server, host: this.#host, open: this.#open, end: nowMs - this.#beganAt },
      stun: urls.some((url) => url.startsWith('stun')),
      turn: hasTurn(this.iceServers),
    }
  }
}
