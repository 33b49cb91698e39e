/** The settings of the lobby on the host's page: changed by the host's player between matches, and told to all. */
import { completeValues, type PlainValues } from '../../world/complete-values.ts'
import type { HostContext } from '../host/host-context.ts'
import type { Outcome } from '../role.ts'

/** Where the settings are kept, for every role of the page. */
interface SettingsHolder {
  readonly settings: object
  /** Returns false when they are what they were. */
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

  /** All of the game's. */
  get all(): PlainValues {
    return this.options.lobby.settings as PlainValues
  }

  /** The lobby begins with these. Default: what it has from an earlier host, else those of the game. */
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

  /** Everybody hears how they are now. */
  tell(): void {
    this.context.seating.tellAll({ kind: 'settings', settings: this.all })
    this.options.told()
  }
}
