/** What is said for a while about something that was done or went wrong, in the language of whenever it is shown. */
import { useState } from 'preact/hooks'

export type Said = () => string

export const nothing: Said = () => ''

/** What a part of the page says, and a way to say something else. */
export function useSaid(first: Said = nothing): [said: string, say: (said: Said) => void] {
  const [said, setSaid] = useState(() => first)
  return [said(), (next) => setSaid(() => next)]
}
