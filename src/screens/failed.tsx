/** What happened, what to do, and the way back. */

import { useRef, useState } from 'preact/hooks'
import { connectionReportText } from 'starwire'
import { texts } from '../../game/languages/language.ts'
import { CopyButton } from '../copy-button.tsx'
import type { Failure } from '../failures.ts'
import { Panel } from '../panel.tsx'

interface FailedProps {
  failure: Failure
  retry(): void
  /** Tries again, to watch. */
  watch(): void
  back(): void
}

export function FailedScreen({ failure, retry, watch, back }: FailedProps) {
  const report = useRef<HTMLTextAreaElement>(null)
  const [showsAddresses, setShowsAddresses] = useState(false)
  // More than two would bury what to do; the report has them all.
  const causes = failure.causes.slice(0, 2)
  return (
    <Panel title={failure.title}>
      <div role="alert">
        <p class="sentence">{failure.sentence}</p>
        {failure.quote !== null && (
          <blockquote class="quote">
            <p class="caption">{texts.failed.hostWrote}</p>
            <p dir="auto">{failure.quote}</p>
          </blockquote>
        )}
        {causes.map((cause) => (
          <p key={cause} class="sentence">
            {cause}
          </p>
        ))}
        <p class="hint">{failure.canWatch ? texts.failed.canWatch : failure.advice}</p>
      </div>
      <div class="actions">
        {failure.canWatch && (
          <button type="button" class="main" onClick={watch}>
            {texts.failed.watchInstead}
          </button>
        )}
        {failure.remedy === 'retry' && (
          <button type="button" class={failure.canWatch ? 'second' : 'main'} onClick={retry}>
            {texts.failed.retry}
          </button>
        )}
        {failure.remedy === 'play-here' && (
          <button type="button" class="main" onClick={retry}>
            {texts.failed.playHere}
          </button>
        )}
        {failure.remedy === 'create' && (
          <button type="button" class="main" onClick={retry}>
            {texts.failed.create}
          </button>
        )}
        {failure.remedy === 'reload' && (
          <button type="button" class="main" onClick={() => location.reload()}>
            {texts.failed.reload}
          </button>
        )}
        <button type="button" class={failure.remedy === 'none' ? 'main' : 'second'} onClick={back}>
          {texts.failed.back}
        </button>
      </div>
      {(failure.detail !== '' || failure.report) && (
        <div class="report">
          <label class="field">
            <span>{texts.failed.report}</span>
            <textarea ref={report} readOnly rows={failure.report ? 8 : 4} value={reportOf(failure, showsAddresses)} />
          </label>
          {failure.report?.peer && (
            <label class="switch">
              <input
                type="checkbox"
                checked={showsAddresses}
                onChange={({ currentTarget }) => setShowsAddresses(currentTarget.checked)}
              />
              {texts.failed.addresses}
            </label>
          )}
          <CopyButton label={texts.failed.copyReport} text={report} />
        </div>
      )}
    </Panel>
  )
}

/** What somebody who looks into it needs besides the detail; nothing that names the player. */
function reportOf({ title, sentence, detail, report }: Failure, addresses: boolean): string {
  const facts = report ? connectionReportText(report, { addresses }) : detail
  return `${title}: ${sentence}\n${facts}\n${navigator.userAgent}`
}
