/** The settings of the lobby on the host's page. The host's player changes them between matches; all are told. */
import { completeValues, type PlainValues } from '../../world/complete-values.ts'
import type { HostContext } from '../host/host-context.ts'
import type { Outcome } from '../role.ts'

/** The lobby, which keeps the settings whatever role the page has. */
interface SettingsHolder {
  readonly settings: object
  /** Returns false when nothing changed. */
  setSettings(settings: PlainValues): boolean
}

export interface HostSettingsOptions {
  readonly lobby: SettingsHolder
  /** Whether a match runs. */
  playing(): boolean
  /** All have been told of a change. */
  told(): void
}

export class HostSettings {
  private readonly context: HostContext
  private readonly options: HostSettingsOptions

  constructor(context: HostContext, options: HostSettingsOptions) {
    this.context = context
    this.options = options
  }

  /** A value for every setting of the game. */
  get all(): PlainValues {
    return this.options.lobby.settings as PlainValues
  }

  /** Sets the settings when the role begins. Default: those that the lobby has from an earlier host, else the game's own. */
  begin(given: PlainValues = this.all): void {
    this.options.lobby.setSettings(completeValues(this.context.game.schema.settings, given))
  }

  change(change: PlainValues): Outcome {
    const { lobby, playing } = this.options
    if (playing()) return 'already-playing'
    const changed = completeValues(this.context.game.schema.settings, { ...this.all, ...change })
    if (lobby.setSettings(changed)) this.context.news.changed('settings')
    return null
  }

  /** Tells all guests the settings as they are now. */
  tell(): void {
    this.context.seating.tellAll({ kind: 'settings', settings: this.all })
    this.options.told()
  }
}
