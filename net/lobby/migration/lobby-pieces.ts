/** What heirs are told of the lobby, on the host's page: in goes the lobby as it is now, out come the pieces of it that have changed, by version. */
import { SlowData } from '../../migration/slow-data.ts'
import { sameValue } from '../members/member-data.ts'
import { type LobbyCopy, piecesOf } from './lobby-copy.ts'

export class LobbyPieces {
  readonly slow = new SlowData()
  private readonly told: Record<string, unknown> = {}

  /** Takes up what has changed in the lobby. */
  note(lobby: LobbyCopy): void {
    for (const [piece, value] of Object.entries(piecesOf(lobby))) {
      const seen = piece === 'admission' ? withoutTimes(value) : value
      if (sameValue(this.told[piece] ?? null, seen)) continue
      this.told[piece] = seen
      this.slow.set(piece, value)
    }
  }
}

/** Times of kicks run out by themselves. */
function withoutTimes(value: unknown): unknown {
  const { kicks, ...rest } = value as { readonly kicks: readonly { readonly mark: string }[] }
  return { ...rest, kicks: kicks.map(({ mark }) => mark) }
}
