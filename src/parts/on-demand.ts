/** What is fetched only when somebody wants it. In: whether it is wanted, and how to fetch it. Out: the module, or that it did not come. */
import { useEffect, useState } from 'preact/hooks'

export interface OnDemand<T> {
  /** Null until it has arrived. */
  readonly loaded: T | null
  /** It did not arrive. The next time that it is wanted it is fetched again. */
  readonly failed: boolean
}

/** `load` is an `import()`, which gives the same module each time. */
export function useOnDemand<T>(wanted: boolean, load: () => Promise<T>): OnDemand<T> {
  const [loaded, setLoaded] = useState<T | null>(null)
  const [failed, setFailed] = useState(false)
  useEffect(() => {
    if (!wanted || loaded !== null) return
    let isHere = true
    setFailed(false)
    load().then(
      // A function would be taken for a change of the state: a module is none.
      (module) => isHere && setLoaded(module),
      () => isHere && setFailed(true),
    )
    return () => {
      isHere = false
    }
  }, [wanted])
  return { loaded, failed }
}
