/** Bots that the host's player adds. They are members with a seat, and play on the host's page. */
import type { BotIdentity } from '../../bots/bot-identity.ts'
import type { HostContext } from '../host/host-context.ts'
import type { RosterEntry } from '../messages.ts'
import type { Outcome } from '../role.ts'

export class HostBots {
  private readonly context: HostContext
  private readonly added: (bot: RosterEntry) => void

  /** `added`: a bot has a seat. */
  constructor(context: HostContext, added: (bot: RosterEntry) => void) {
    this.context = context
    this.added = added
  }

  add(bot: BotIdentity, name: string): Outcome {
    const { members } = this.context
    const entry = members.roster.add(name, false, undefined, { bot })
    if (!entry) return 'full'
    members.changed(entry.id)
    this.added(entry)
    return null
  }
}
