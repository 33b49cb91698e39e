/** Loads parts of the code when they are first needed. A bundler makes a file of each. */
import { StarwireError } from '../errors/starwire-error.ts'

/**
 * Loads once, however often it is asked.
 * @throws StarwireError (rejects): `signaling-down` when the code cannot be had. The next call tries again.
 */
export function onDemand<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | null = null
  return () => {
    loading ??= load().catch((error: unknown) => {
      loading = null
      // The page's own server does not answer, or serves a newer version by now.
      throw new StarwireError('signaling-down', `a part of the page's code could not be loaded: ${String(error)}`)
    })
    return loading
  }
}
