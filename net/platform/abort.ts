/** What is under way can be given up by an AbortSignal. The caller rejects with the signal's reason and releases everything. */

/** Calls `aborted` with the reason when the signal aborts; not when it had aborted before. The result stops listening. */
export function onAbort(signal: AbortSignal | undefined, aborted: (reason: unknown) => void): () => void {
  if (!signal) return () => {}
  const hear = (): void => aborted(signal.reason)
  signal.addEventListener('abort', hear, { once: true })
  return () => signal.removeEventListener('abort', hear)
}

/**
 * The same promise, but it rejects with the signal's reason when the signal aborts, also when it had aborted before. A value
 * that the promise has later goes to `release`.
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
