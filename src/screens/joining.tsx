/** Getting into a lobby: how far it has come, and a way out of the wait. */

import { useEffect, useState } from 'preact/hooks'
import type { JoinStage } from 'starwire'
import { Panel } from '../panel.tsx'

const stages: readonly JoinStage[] = ['finding the lobby', 'contacting the host', 'connecting']

/** After this long people wonder whether anything still happens. */
const PATIENCE_SECONDS = 4

export function JoiningScreen(props: { code: string | null; stage: JoinStage | null; giveUp(): void }) {
  const steps = props.code === null ? ['opening the lobby'] : stages
  const at = props.stage === null ? 0 : steps.indexOf(props.stage)
  const seconds = useSeconds()
  return (
    <Panel title={props.code === null ? 'Opening your lobby' : `Joining ${props.code}`}>
      <ol class="steps">
        {steps.map((step, index) => (
          <li
            key={step}
            class={index < at ? 'done' : index === at ? 'now' : 'later'}
            aria-current={index === at ? 'step' : undefined}
          >
            {step}
          </li>
        ))}
      </ol>
      <p class="unseen" role="status">
        Step {at + 1} of {steps.length}
      </p>
      <p class="hint" role="status">
        {seconds < PATIENCE_SECONDS ? '' : 'This takes longer than usual. If it cannot work, you will read why.'}
      </p>
      <div class="actions">
        <button type="button" class="second" onClick={props.giveUp}>
          Give up
        </button>
      </div>
    </Panel>
  )
}

function useSeconds(): number {
  const [seconds, setSeconds] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => setSeconds((before) => before + 1), 1000)
    return () => clearInterval(timer)
  }, [])
  return seconds
}
