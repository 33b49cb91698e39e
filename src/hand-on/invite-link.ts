/** The link that leads friends into a lobby, as they reach it: of a page opened at `localhost`, with the machine's address in its network. */
import { texts } from '../../game/languages/language.ts'
import { linkTo } from '../doors/address.ts'
import { useLanAddresses } from '../doors/lan-link.ts'

export interface InviteLink {
  readonly link: string
  /** Whom it reaches, where that is not everybody; empty otherwise. */
  readonly reach: string
}

export function useInviteLink(code: string): InviteLink {
  const addresses = useLanAddresses()
  const lan = addresses?.[0]
  const link = linkTo(code, { origin: lan ? originAt(lan) : location.origin, pathname: location.pathname })
  return { link, reach: addresses ? reachOf(addresses) : '' }
}

/** This page's origin, as another machine of the network reaches it. */
function originAt(address: string): string {
  return `${location.protocol}//${address}${location.port && `:${location.port}`}`
}

/** Whom the link of a page at `localhost` reaches. */
function reachOf([address, ...others]: readonly string[]): string {
  if (address === undefined) return texts.handOn.onlyHere(location.hostname)
  return texts.handOn.inNetwork + (others.length > 0 ? texts.handOn.otherAddresses(others, address) : '')
}
