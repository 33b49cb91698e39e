/** What happens to a page: it goes away, is frozen, is shown again, loses its network. Outside of a page nothing of it ever happens. */
import { showError } from './show-error.ts'

/** Who listens to the page's end, oldest first. */
const leaving: { readonly leave: () => void }[] = []

/**
 * Runs `leave` when the page goes away. Others then hear of a closed tab within 0.1 s; without it, within 5 s. Who listens since last is told
 * first: a page that hosts by now says who goes on over a link that it had as a guest, before that is closed as a guest's.
 */
export function onPageGone(leave: () => void): () => void {
  if (!('onpagehide' in globalThis)) return () => {}
  const listener = { leave }
  leaving.push(listener)
  globalThis.addEventListener('pagehide', tellGone)
  return () => {
    const at = leaving.indexOf(listener)
    if (at >= 0) leaving.splice(at, 1)
    if (leaving.length === 0) globalThis.removeEventListener('pagehide', tellGone)
  }
}

function tellGone(): void {
  for (const listener of [...leaving].reverse())
    try {
      if (leaving.includes(listener)) listener.leave()
    } catch (error) {
      showError(error)
    }
}

/**
 * Calls back when the browser is about to freeze this page: hidden for long, or on a phone behind another app. Nothing of it runs then until it is
 * shown, if ever. Browsers do not freeze a page for a short stall, and not all say it.
 */
export function onFreeze(freeze: () => void): () => void {
  if (typeof document === 'undefined') return () => {}
  document.addEventListener('freeze', freeze)
  return () => document.removeEventListener('freeze', freeze)
}

/** Whether the browser says that this page has no network. False where no browser says so. */
export function isOffline(): boolean {
  return typeof navigator !== 'undefined' && navigator.onLine === false
}

/** Calls back when the page is shown again or the network is back. */
export function onWake(wake: () => void): () => void {
  const shown = () => {
    if (document.visibilityState === 'visible') wake()
  }
  const hasDocument = typeof document !== 'undefined'
  const hasEvents = typeof addEventListener === 'function'
  if (hasEvents) addEventListener('online', wake)
  if (hasDocument) document.addEventListener('visibilitychange', shown)
  return () => {
    if (hasEvents) removeEventListener('online', wake)
    if (hasDocument) document.removeEventListener('visibilitychange', shown)
  }
}

interface NavigatorTraits {
  readonly userAgentData?: { readonly mobile?: boolean }
  readonly connection?: { readonly saveData?: boolean; readonly type?: string }
  readonly maxTouchPoints?: number
}

/** How fit this page is to host others. */
export interface Traits {
  /** No page at all, but a process in which nobody plays in front of a screen: Node. */
  readonly headless: boolean
  readonly hidden: boolean
  /** A phone, or a connection that is paid by the byte. */
  readonly reluctant: boolean
}

export function traits(): Traits {
  const headless = typeof document === 'undefined'
  const hidden = !headless && document.visibilityState === 'hidden'
  const known: NavigatorTraits = typeof navigator === 'undefined' ? {} : (navigator as NavigatorTraits)
  const isPhone = known.userAgentData?.mobile ?? /Mobi/.test(globalThis.navigator?.userAgent ?? '')
  const isPaid = known.connection?.saveData === true || known.connection?.type === 'cellular'
  return { headless, hidden, reluctant: isPhone || isPaid }
}
