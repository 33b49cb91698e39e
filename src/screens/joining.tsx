/** Getting into a lobby: how far it has come, and a way out of the wait. */

import { useEffect, useState } from 'preact/hooks'
import type { JoinStage, QuickMatchStage } from 'starwire'
import { texts } from '../../game/languages/language.ts'
import { Panel } from '../parts/panel.tsx'

const stages: readonly JoinStage[] = ['finding the lobby', 'contacting the host', 'connecting']

/** After this long people wonder whether anything still happens. */
const PATIENCE_SECONDS = 4

interface JoiningProps {
  code: string | null
  quick: boolean
  /** Comes to watch. */
  watch: boolean
  stage: QuickMatchStage | null
  giveUp(): void
}

type Step = keyof typeof texts.joining.stages

function stepsOf({ code, quick, stage }: JoiningProps): readonly Step[] {
  if (!quick) return code === null ? ['opening the lobby'] : stages
  return stage === 'opening a lobby' ? ['looking for a match', 'opening a lobby'] : ['looking for a match', ...stages]
}

function titleOf({ code, quick, watch }: JoiningProps): string {
  if (quick) return texts.joining.quick
  if (code === null) return texts.joining.own
  return watch ? texts.joining.watching(code) : texts.joining.joining(code)
}

export function JoiningScreen(props: JoiningProps) {
  const steps = stepsOf(props)
  const at = props.stage === null ? 0 : steps.indexOf(props.stage)
  const seconds = useSeconds()
  return (
    <Panel title={titleOf(props)}>
      <ol class="steps">
        {steps.map((step, index) => (
          <li
            key={step}
            class={index < at ? 'done' : index === at ? 'now' : 'later'}
            aria-current={index === at ? 'step' : undefined}
          >
            {texts.joining.stages[step]}
          </li>
        ))}
      </ol>
      <p class="unseen" role="status">
        {texts.joining.step(at + 1, steps.length)}
      </p>
      <p class="hint" role="status">
        {seconds < PATIENCE_SECONDS ? '' : texts.joining.patience}
      </p>
      <div class="actions">
        <button type="button" class="second" onClick={props.giveUp}>
          {texts.joining.giveUp}
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
