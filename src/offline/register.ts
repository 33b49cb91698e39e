/** Keeps the built page for when its server is away. Browsers allow it on https and on localhost only. */
export function keepPageOffline(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  // After the page has loaded: what is kept must not take the network from what is shown.
  addEventListener('load', () => {
    navigator.serviceWorker.register('service-worker.js', { updateViaCache: 'none' }).catch(() => {
      // Forbidden (private windows, blocked storage): then the page needs its server.
    })
  })
}
