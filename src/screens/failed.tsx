/** What happened, what to do, and the way back. */
import { useRef } from 'preact/hooks'
import { CopyButton } from '../copy-button.tsx'
import type { Failure } from '../failures.ts'
import { Panel } from '../panel.tsx'

export function FailedScreen({ failure, retry, back }: { failure: Failure; retry(): void; back(): void }) {
  const report = useRef<HTMLTextAreaElement>(null)
  return (
    <Panel title={failure.title}>
      <div role="alert">
        <p class="sentence">{failure.sentence}</p>
        {failure.quote !== null && (
          <blockquote class="quote">
            <p class="caption">The host wrote:</p>
            <p dir="auto">{failure.quote}</p>
          </blockquote>
        )}
        <p class="hint">{failure.advice}</p>
      </div>
      <div class="actions">
        {failure.remedy === 'retry' && (
          <button type="button" class="main" onClick={retry}>
            Try again
          </button>
        )}
        {failure.remedy === 'play-here' && (
          <button type="button" class="main" onClick={retry}>
            Play here
          </button>
        )}
        {failure.remedy === 'create' && (
          <button type="button" class="main" onClick={retry}>
            Create a new lobby
          </button>
        )}
        {failure.remedy === 'reload' && (
          <button type="button" class="main" onClick={() => location.reload()}>
            Reload the page
          </button>
        )}
        <button type="button" class={failure.remedy === 'none' ? 'main' : 'second'} onClick={back}>
          Back to start
        </button>
      </div>
      {failure.detail !== '' && (
        <div class="report">
          <label class="field">
            <span>Report</span>
            <textarea ref={report} readOnly rows={4} value={reportOf(failure)} />
          </label>
          <CopyButton label="Copy report" text={report} />
        </div>
      )}
    </Panel>
  )
}

/** What somebody who looks into it needs besides the detail; nothing that names the player. */
function reportOf(failure: Failure): string {
  return `${failure.title}: ${failure.sentence}\n${failure.detail}\n${navigator.userAgent}`
}
