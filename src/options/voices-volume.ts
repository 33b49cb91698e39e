/** One volume for all voices of a lobby, as the options say. A single one may still be set apart in the call, until this one changes. */
import type { PageLobby } from '../doors/doors.ts'
import { onPreferences, preferences } from './kept.ts'

/** For as long as the lobby is open. */
export function followVoicesVolume(lobby: PageLobby): void {
  const { voice } = lobby
  const known = new Set<number>()
  let now = preferences().voices
  const set = (player: (typeof voice.members)[number]['player']): void => void voice.setVolume(player, now)
  const newcomers = (): void => {
    for (const { player, mine } of voice.members) {
      if (mine || known.has(player)) continue
      known.add(player)
      if (now !== 1) set(player)
    }
  }
  newcomers()
  const stops = [
    voice.on('members', newcomers),
    onPreferences(({ voices }) => {
      if (voices === now) return
      now = voices
      for (const { player, mine } of voice.members) if (!mine) set(player)
    }),
  ]
  lobby.on('ended', () => {
    for (const stop of stops) stop()
  })
}
