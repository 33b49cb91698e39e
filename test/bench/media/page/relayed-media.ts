/**
 * An RTCPeerConnection whose addresses are the relay's, so that sound and pictures share the path and the uplink with the match.
 * Media have signals of their own, which pass the host; here each address is rewritten before the page tells it.
 */

declare global {
  interface Window {
    /** The relay's `rewrite`, for whichever player of this page. */
    relayAs(player: string, connection: string, text: string): Promise<string>
  }
}

type CandidateHandler = ((this: RTCPeerConnection, event: RTCPeerConnectionIceEvent) => unknown) | null

const fragmentOf = (description: RTCSessionDescription | null): string | undefined =>
  /^a=ice-ufrag:(\S+)/m.exec(description?.sdp ?? '')?.[1]

/** Addresses go one by one, never in a description. */
const withoutAddresses = (sdp: string): string => sdp.replace(/^a=(candidate:.*|end-of-candidates)\r?\n/gm, '')

/** For one player: a page may play several, each with an uplink of its own. */
export function relayedMedia(player: string): typeof RTCPeerConnection {
  return class extends RTCPeerConnection {
    #handler: CandidateHandler = null
    /** Until both sides' descriptions are there, which name the connection on either side. */
    #early: RTCIceCandidate[] = []

    constructor(configuration?: RTCConfiguration) {
      super(configuration)
      super.onicecandidate = ({ candidate }) => {
        if (candidate?.candidate) this.#early.push(candidate)
        void this.#tell()
      }
      this.addEventListener('signalingstatechange', () => void this.#tell())
    }

    override get localDescription(): RTCSessionDescription | null {
      const description = super.localDescription
      return (
        description && new RTCSessionDescription({ type: description.type, sdp: withoutAddresses(description.sdp) })
      )
    }

    override get onicecandidate(): CandidateHandler {
      return this.#handler
    }

    override set onicecandidate(handler: CandidateHandler) {
      this.#handler = handler
    }

    async #tell(): Promise<void> {
      const fragments = [fragmentOf(super.localDescription), fragmentOf(super.remoteDescription)]
      if (fragments.includes(undefined)) return
      const connection = fragments.toSorted().join(' ')
      const texts = await Promise.all(
        this.#early.splice(0).map((found) => window.relayAs(player, connection, JSON.stringify(found.toJSON()))),
      )
      // In one go, as a browser finds them: each batch costs a signal, and the host counts those.
      for (const text of texts) {
        const candidate = new RTCIceCandidate(JSON.parse(text))
        this.#handler?.call(this, { candidate } as RTCPeerConnectionIceEvent)
      }
    }
  }
}
