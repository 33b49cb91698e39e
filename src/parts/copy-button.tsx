/** A button that copies a text standing beside it, and says whether it did. */

import type { RefObject } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { texts } from '../../game/languages/language.ts'
import { type CopyOutcome, copyTextOf } from './copy-link.ts'

function said(outcome: CopyOutcome): string {
  if (outcome === 'copied') return texts.copied.done
  return matchMedia('(pointer: coarse)').matches ? texts.copied.hold : texts.copied.press
}

/** Long enough to read; afterwards the same words can be said again. */
const SAID_MS = 4000

export function CopyButton(props: { label: string; text: RefObject<HTMLElement | null> }) {
  const [outcome, setOutcome] = useState<CopyOutcome | null>(null)
  useEffect(() => {
    if (outcome !== 'copied') return
    const timer = setTimeout(() => setOutcome(null), SAID_MS)
    return () => clearTimeout(timer)
  }, [outcome])

  const copy = async () => {
    if (props.text.current) setOutcome(await copyTextOf(props.text.current))
  }
  return (
    <div class="copy">
      <button type="button" class="second" onClick={copy}>
        {props.label}
      </button>
      <span role="status" class="said">
        {outcome && said(outcome)}
      </span>
    </div>
  )
}
