/** Giving up what is under way, by an AbortSignal: the caller rejects with the signal's own reason and releases everything. */

/** Calls `aborted` with the reason once the signal aborts. Returns what stops listening. It must not have aborted before. */
export function onAbort(signal: AbortSignal | undefined, aborted: (reason: unknown) => void): () => void {
  if (!signal) return () => {}
  const hear = (): void => aborted(signal.reason)
  signal.addEventListener('abort', hear, { once: true })
  return () => signal.removeEventListener('abort', hear)
}

/**
 * The same promise, which rejects at once when the signal aborts, with its reason; also when it had aborted before. What
 * comes of the promise later is given to `release`.
 */
export async function abortable<T>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
  release: (late: T) => void = () => {},
): Promise<T> {
  let over = false
  let stop = (): void => {}
  const aborted = new Promise<never>((_, reject) => {
    const giveUp = (reason: unknown): void => {
      over = true
      reject(reason)
    }
    if (signal?.aborted) giveUp(signal.reason)
    else stop = onAbort(signal, giveUp)
  })
  promise.then(
    (late) => over && release(late),
    () => {},
  )
  try {
    return await Promise.race([aborted, promise])
  } finally {
    stop()
  }
}
