/** What a guest's join has seen so far, for reports. In: what each part of the join says. Out: `ConnectionFacts`. */
import type { ConnectionFacts } from '../errors/connection-report.ts'
import type { JoinStage } from '../signaling/signals.ts'
import { hasTurn } from '../transport/private-signals.ts'
import type { Reason } from '../wire/reasons.ts'
import type { LinkAttempt } from './open-link.ts'

export class JoinFacts {
  stage: JoinStage = 'finding the lobby'
  clockAheadMs: number | null = null
  serverAnswers: boolean | null = null
  iceServers: readonly RTCIceServer[] = []
  /** Kept after its end. */
  attempt: Pick<LinkAttempt, 'report'> | null = null
  readonly #beganAt: number
  #server: number | null = null
  #host: number | null = null
  #open: number | null = null

  constructor(nowMs: number) {
    this.#beganAt = nowMs
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
