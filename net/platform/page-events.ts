/** What a page hears of itself: that it goes away, is shown again, or has no network. Where there is no page, nothing. */

/** Runs `leave` when the page goes away: a closed tab is heard of in 0.1 s then, and in 5 s without. */
export function onPageGone(leave: () => void): () => void {
  if (!('onpagehide' in globalThis)) return () => {}
  globalThis.addEventListener('pagehide', leave)
  return () => globalThis.removeEventListener('pagehide', leave)
}

/** Whether the browser knows that this page has no network. False where nobody knows. */
export function isOffline(): boolean {
  return typeof navigator !== 'undefined' && navigator.onLine === false
}

/** Calls back when the page is shown again or the network is back; does nothing where there is no page. */
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
