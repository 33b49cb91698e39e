/** The settings of the lobby on a guest's page, as the host tells them. */
import type { PlainValues } from '../../world/complete-values.ts'
import type { AnyGame } from '../../world/game.ts'
import { readSettings } from '../game-values.ts'
import type { HostMessageHandlers } from '../guest/host-message-handlers.ts'

export class GuestSettings {
  readonly handlers = {
    settings: ({ settings }) => {
      const told = readSettings(this.game, settings)
      if (told) this.show(told)
      return told !== null
    },
  } satisfies Partial<HostMessageHandlers>
  private readonly game: AnyGame
  private readonly show: (settings: PlainValues) => void

  /** `show`: shows the settings on this page. */
  constructor(game: AnyGame, show: (settings: PlainValues) => void) {
    this.game = game
    this.show = show
  }
}
