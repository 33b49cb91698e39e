/** What happened, what to do, and the way back. */

import { useRef, useState } from 'preact/hooks'
import { connectionReportText } from 'starwire'
import { texts } from '../../game/languages/language.ts'
import { CopyButton } from '../parts/copy-button.tsx'
import { Panel } from '../parts/panel.tsx'
import { type Failure, wordsOf } from '../words/failures.ts'

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
  const words = wordsOf(failure)
  // More than two would bury what to do; the report has them all.
  const causes = words.causes.slice(0, 2)
  return (
    <Panel title={words.title}>
      <div role="alert">
        <p class="sentence">{words.sentence}</p>
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
        <p class="hint">{failure.canWatch ? texts.failed.canWatch : words.advice}</p>
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
function reportOf(failure: Failure, addresses: boolean): string {
  const { detail, report } = failure
  const { title, sentence } = wordsOf(failure)
  const facts = report ? connectionReportText(report, { addresses }) : detail
  return `${title}: ${sentence}\n${facts}\n${navigator.userAgent}`
}
