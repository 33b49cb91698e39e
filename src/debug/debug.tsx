/** What `?debug` shows: an overlay with the state of the network. Loaded when it is asked for. */
import './debug.css'

import { useEffect, useState } from 'preact/hooks'
import type { PlayerId, SessionStats } from 'starwire'
import type { Visit } from '../visit/visit.ts'
import { GUEST_COLUMNS, guestsOf, linesOf } from './debug-text.ts'
import { DebugWatch, GRAPH_READINGS, type Reading } from './debug-watch.ts'

/** Often enough to see a change, seldom enough to read it, and to cost nothing. */
const REFRESH_MS = 250

export function DebugOverlay({ visit }: { visit: Visit }) {
  const [reading, setReading] = useState<Reading | null>(null)
  const [open, setOpen] = useState(true)
  useEffect(() => {
    const watch = new DebugWatch()
    let asked = requestAnimationFrame(function frame(now) {
      watch.frame(now)
      asked = requestAnimationFrame(frame)
    })
    const timer = setInterval(() => setReading(watch.read(visit.session, performance.now())), REFRESH_MS)
    return () => {
      cancelAnimationFrame(asked)
      clearInterval(timer)
      watch.close()
    }
  }, [visit])
  if (!reading) return null
  const { stats, frames, longestFrameMs } = reading
  return (
    <aside class="debug" aria-label="Network">
      <button
        type="button"
        aria-expanded={open}
        // The game keeps the focus, and with it the keys.
        onMouseDown={(event) => event.preventDefault()}
        onClick={() => setOpen(!open)}
      >
        {frames} fps, longest {Math.round(longestFrameMs)} ms
      </button>
      {open && (
        <div>
          <ul>
            {linesOf(stats).map((line, i) => (
              <li key={i}>{line}</li>
            ))}
          </ul>
          <Graph reading={reading} />
          {stats.role === 'host' && <Guests stats={stats} visit={visit} />}
          <ol>
            {reading.divergences.map((sentence, i) => (
              <li key={i}>{sentence}</li>
            ))}
          </ol>
        </div>
      )}
    </aside>
  )
}

/** So many guests are told one by one; fewer on a screen that is no higher than this, in CSS pixels. */
const MAX_GUESTS = 6
const FEW_GUESTS = 3
const LOW_SCREEN = 560

function Guests({ stats, visit: { screen } }: { stats: SessionStats; visit: Visit }) {
  if (screen.at !== 'playing') return null
  const { lobby } = screen
  const nameOf = (player: PlayerId): string => lobby.roster.find(({ id }) => id === player)?.name ?? 'gone'
  const { rows, more } = guestsOf(stats, lobby.me, nameOf, innerHeight > LOW_SCREEN ? MAX_GUESTS : FEW_GUESTS)
  if (rows.length === 0) return null
  return (
    <table>
      <thead>
        <tr>
          {GUEST_COLUMNS.map((title, i) => (
            <th key={i}>{title}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((cells, i) => (
          <tr key={i}>
            {cells.map((text, column) => (
              <td key={column}>{text}</td>
            ))}
          </tr>
        ))}
      </tbody>
      {more > 0 && <caption>and {more} more</caption>}
    </table>
  )
}

/** Of the graph, in its own units. */
const HEIGHT = 20
/** Its line reaches the top at this age at the least, ms. */
const MIN_TOP_MS = 200

/** How old the others were as drawn in the last ten seconds, from right to left, and where something was corrected. */
function Graph({ reading: { graph } }: { reading: Reading }) {
  const top = Math.max(MIN_TOP_MS, ...graph.map(({ stalenessMs }) => stalenessMs))
  const first = GRAPH_READINGS - graph.length
  const points = graph.map(
    ({ stalenessMs }, i) => `${first + i + 0.5},${(HEIGHT * (1 - stalenessMs / top)).toFixed(1)}`,
  )
  const marks = graph.map(({ corrected }, i) => (corrected ? `M${first + i + 0.5} ${HEIGHT}v${-HEIGHT}` : ''))
  return (
    <svg viewBox={`0 0 ${GRAPH_READINGS} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <path d={marks.join('')} />
      <polyline points={points.join(' ')} />
    </svg>
  )
}
