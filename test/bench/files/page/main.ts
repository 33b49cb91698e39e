/** One player of a match of Dogstar with a pilot, who sends and takes files; nothing is drawn. */
import { createLobby, type FileTransfer, joinLobby, type Lobby } from 'starwire'
import { type DogstarShape, dogstar } from '../../../../game/rules/dogstar.ts'
import { simplePeer } from '../../../../net/transport/simple-peer.ts'
import type { World } from '../../../../net/world/world.ts'
import { flyBot } from '../../../browser/fixtures/dogstar/bot.ts'
import { relayed } from '../../../browser/fixtures/relayed.ts'
import { raw } from './raw.ts'
import { clock, heard, sent, watched } from './watched.ts'

/** A pilot decides so often, ms: about as often as a hand on a keyboard can. */
const DECIDE_MS = 50
const MAX_BYTES = 64 * 1024 * 1024

let lobby: Lobby<DogstarShape> | null = null
let received: Promise<{ end: string; ms: number; bytes: number }> | null = null

const options = (name: string) => ({
  name,
  development: false,
  transport: { peerConnection: watched(relayed(simplePeer(RTCPeerConnection))) },
})

function takeFiles(joined: Lobby<DogstarShape>): void {
  lobby = joined
  joined.on('file', (offer) => {
    received = taken(offer.accept({ maxBytes: MAX_BYTES }))
  })
}

async function taken(transfer: FileTransfer) {
  const began = performance.now()
  const end = await transfer.ended
  return { end, ms: performance.now() - began, bytes: transfer.blob?.size ?? 0 }
}

export const files = {
  raw,
  async host(): Promise<string> {
    takeFiles(await createLobby(dogstar, options('Host')))
    return lobby?.code ?? ''
  },
  async join(code: string, name: string): Promise<void> {
    takeFiles(await joinLobby(dogstar, code, options(name)))
  },
  start(): void {
    lobby?.start()
  },
  /** Resolves when the player plays. */
  async fly(): Promise<void> {
    const session = await lobby?.session()
    if (!session) return
    setInterval(() => {
      const view = session.view(performance.now())
      // The pilot was written for the world itself; of it he looks at what a view has, too.
      session.input(flyBot(view as unknown as World, view.me))
    }, DECIDE_MS)
  },
  /** Sends a file to a player. Resolves to how it ended. */
  async share(name: string, size: number): Promise<string> {
    const to = lobby?.roster.find((member) => member.name === name)?.id
    if (to === undefined) return 'nobody'
    const bytes = new Uint8Array(size).map((_, i) => (i * 2654435761) >>> 24)
    const [transfer] = (await lobby?.share(new Blob([bytes]), { to, name: 'large.bin' })) ?? []
    return transfer?.ended ?? 'nobody'
  },
  /** The file that came last. */
  received: () => received,
  now: clock,
  takeSent: () => sent.splice(0),
  takeHeard: () => heard.splice(0),
  leave(): void {
    lobby?.leave()
  },
}
export type FilesPage = typeof files

Object.assign(window, { files })
