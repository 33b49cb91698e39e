/** Where the players' voices come from: the running match of a lobby says it, the call asks. Between two matches nobody has a place. */
import type { Place, PlayerId } from 'starwire'
import type { PageLobby } from '../doors/doors.ts'

type PlaceOf = (player: PlayerId) => Place | null

const places = new WeakMap<PageLobby, PlaceOf>()

/** From now on the places are those of this match. Returns what ends that. */
export function hearPlaces(lobby: PageLobby, placeOf: PlaceOf): () => void {
  places.set(lobby, placeOf)
  return () => {
    if (places.get(lobby) === placeOf) places.delete(lobby)
  }
}

export function placeIn(lobby: PageLobby, player: PlayerId): Place | null {
  return places.get(lobby)?.(player) ?? null
}
