/** The snapshots at which a client found that it had predicted its own ship wrong, without anybody having touched it. */
import type { Prediction } from '../../../net/prediction/prediction.ts'

export interface MispredictionTally {
  /** Snapshots that were compared with the prediction. */
  snapshots: number
  mispredictions: number
}

/**
 * Listens to a prediction. `wrong` is called at each misprediction of the own ship; it is counted when `counts` says
 * that the time is measured. Contact moves no ship in the arena: it only ends its life, or clears the flag of the
 * invulnerable, at a tick that no client knows. A ship that is gone, or differs in nothing but flags, is left out.
 */
export function meterPrediction(
  prediction: Prediction,
  tally: MispredictionTally,
  { wrong, counts }: { wrong(): void; counts(): boolean },
): void {
  const reconcile = prediction.reconcile.bind(prediction)
  prediction.reconcile = (tick, exact) => {
    const reconciliation = reconcile(tick, exact)
    const { divergence } = reconciliation
    const isWrong = divergence?.type === 'ship' && divergence.field !== null && divergence.field !== 'flags'
    if (isWrong) wrong()
    if (counts()) {
      tally.snapshots++
      if (isWrong) tally.mispredictions++
    }
    return reconciliation
  }
}
