/**
 * Files that other players offer in a lobby, by what they are for. In: offers, whose names are a stranger's words. Out: the part of the page
 * that deals with them, loaded with the first. What is for none of the parts is declined.
 */
import type { FileOffer } from 'starwire'
import { ARENA_ENDING } from '../../game/arenas/arena.ts'
import type { PageLobby } from '../doors/doors.ts'
import { perLobby } from '../doors/per-lobby.ts'
import { rememberedPicture } from '../doors/remembered.ts'
import type { ArenaDesk } from './arenas/desk.ts'
import type { PictureDesk } from './pictures/desk.ts'
import { isPictureFile } from './pictures/picture-file.ts'

export class SharedFiles {
  /** Null until somebody offers an arena. */
  arenas: ArenaDesk | null = null
  /** Null until somebody has a picture: this player, or one who sends it. */
  pictures: PictureDesk | null = null
  private readonly lobby: PageLobby
  private readonly listeners = new Set<() => void>()

  constructor(lobby: PageLobby) {
    this.lobby = lobby
    lobby.on('file', (offer) => {
      // The code of the page did not arrive: the sender need not wait.
      this.hear(offer).catch(() => offer.decline())
    })
    // Without the code of pictures the ship flies without one.
    if (rememberedPicture() !== null)
      this.openPictures().then(
        (pictures) => pictures.begin(),
        () => {},
      )
  }

  /** Calls back when there is more or less to be shown. Returns what ends that. */
  subscribe(changed: () => void): () => void {
    this.listeners.add(changed)
    return () => this.listeners.delete(changed)
  }

  private async hear(offer: FileOffer): Promise<void> {
    if (offer.name.endsWith(ARENA_ENDING)) {
      const { arenasOf } = await import('./arenas/desk.ts')
      if (!this.arenas) {
        this.arenas = arenasOf(this.lobby)
        this.arenas.subscribe(() => this.tell())
      }
      return this.arenas.hear(offer)
    }
    if (isPictureFile(offer.name)) return (await this.openPictures()).hear(offer)
    offer.decline()
  }

  /** @throws (rejects) when the code of pictures does not arrive. */
  async openPictures(): Promise<PictureDesk> {
    const { PictureDesk } = await import('./pictures/desk.ts')
    if (!this.pictures) {
      this.pictures = new PictureDesk(this.lobby)
      this.pictures.subscribe(() => this.tell())
      this.tell()
    }
    return this.pictures
  }

  private tell(): void {
    for (const changed of this.listeners) changed()
  }
}

/** From the first call on a lobby's offers are heard. */
export const sharedIn = perLobby((lobby) => new SharedFiles(lobby))
