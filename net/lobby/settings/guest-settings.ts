/** The settings of the lobby as a host tells them to a guest. */
import type { PlainValues } from '../../world/complete-values.ts'
import type { AnyGame } from '../../world/game.ts'
import { readSettings } from '../game-values.ts'
import type { HostHearers } from '../guest/host-hearers.ts'

export class GuestSettings {
  readonly hears = {
    settings: ({ settings }) => {
      const told = readSettings(this.game, settings)
      if (told) this.show(told)
      return told !== null
    },
  } satisfies Partial<HostHearers>
  private readonly game: AnyGame
  private readonly show: (settings: PlainValues) => void

  /** `show`: this page shows the settings so. */
  constructor(game: AnyGame, show: (settings: PlainValues) => void) {
    this.game = game
    this.show = show
  }
}
