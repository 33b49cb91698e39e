/**
 * Leads all connections of a page as built and served through the UDP relay of the test: signals are rewritten where the page hands them to the
 * browser, so it is all the same on which way they came, through signalling or over another link.
 */
import type { Page } from 'playwright-core'
import type { UdpRelay } from './relay.ts'

interface Relaying {
  openRelayed(connection: string): Promise<void>
  relayedSignal(connection: string, text: string): Promise<string>
}

/** Before the page loads. `name`: of the page, to the relay. */
export async function relayPage(relay: UdpRelay, name: string, page: Page): Promise<void> {
  await page.exposeFunction('openRelayed', (connection: string) => relay.open(name, connection))
  await page.exposeFunction('relayedSignal', (connection: string, text: string) =>
    relay.rewriteFor(name, text, connection),
  )
  await page.addInitScript(connectByRelay)
}

/** Runs in the page, before anything of its own. */
function connectByRelay(): void {
  const { openRelayed, relayedSignal } = window as unknown as Relaying
  /** Both sides know the offer, and each offer has a fragment of its own (RFC 8839, 5.4). The first one names the connection for good. */
  const names = new WeakMap<RTCPeerConnection, string>()
  const nameOf = (connection: RTCPeerConnection, sdp = ''): string => {
    const name = names.get(connection) ?? /a=ice-ufrag:(\S+)/.exec(sdp)?.[1] ?? ''
    names.set(connection, name)
    return name
  }
  window.RTCPeerConnection = class extends RTCPeerConnection {
    override async setLocalDescription(description?: RTCLocalSessionDescriptionInit): Promise<void> {
      // Before its first candidate can be on the way.
      if (description?.type === 'offer') await openRelayed(nameOf(this, description.sdp))
      await super.setLocalDescription(description)
    }

    override async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
      const { type, sdp = '' } = description
      await super.setRemoteDescription({ type, sdp: await relayedSignal(nameOf(this, sdp), sdp) })
    }

    override async addIceCandidate(given?: RTCIceCandidateInit | null): Promise<void> {
      if (!given?.candidate) return super.addIceCandidate(given)
      const { candidate, sdpMid = null, sdpMLineIndex = null, usernameFragment = null } = given
      const rewritten = await relayedSignal(nameOf(this), candidate)
      await super.addIceCandidate({ candidate: rewritten, sdpMid, sdpMLineIndex, usernameFragment })
    }
  }
}
