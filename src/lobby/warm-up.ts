/**
 * A warm-up: a match without rounds that the host begins while friends are still on their way. Who joins comes into it, and when the host ends
 * it all are back in the lobby. Where nobody else is to be fought, bots fill the seats and give way to friends; they go with the warm-up.
 * What kind of match it is stands in the settings, so another page that hosts meanwhile ends it alike.
 */
import type { Refusal } from 'starwire'
import { QUICK_PILOTS } from '../../game/rules/balance.ts'
import { isWarmUp } from '../../game/rules/modes.ts'
import type { PageLobby } from '../doors/doors.ts'

export function startWarmUp(lobby: PageLobby): Refusal | null {
  const hasBots = lobby.settings.botsUpTo > 0 || lobby.roster.some(({ bot }) => bot !== null)
  const refusal = lobby.changeSettings(
    hasBots ? { warmUp: 'yes' } : { warmUp: 'filled', botsUpTo: Math.min(QUICK_PILOTS, lobby.maxPlayers) },
  )
  return refusal ?? lobby.start()
}

/** Makes the next match one that counts, once a warm-up is over. Every page of a lobby calls it; only the host's acts. */
export function endWarmUps(lobby: PageLobby): void {
  lobby.on('state', (state) => {
    if (!lobby.hosting || state !== 'lobby' || !isWarmUp(lobby)) return
    lobby.changeSettings(lobby.settings.warmUp === 'filled' ? { warmUp: 'no', botsUpTo: 0 } : { warmUp: 'no' })
  })
}
