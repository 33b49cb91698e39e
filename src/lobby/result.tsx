/** How the last match stood when the host ended it: shown in the lobby until the next one begins. */
import { texts } from '../../game/languages/language.ts'
import type { MatchResult } from '../../game/result.ts'

export function LastMatch({ result }: { result: MatchResult }) {
  return (
    <section class="result" aria-labelledby="last-match">
      <h2 id="last-match">
        <span class="caption">{texts.lobby.lastMatch}</span>
        {result.headline}
      </h2>
      {result.reason !== '' && <p class="hint">{result.reason}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: with sixteen pilots it scrolls, also by keys. */}
      <section class="scores" aria-label={texts.lobby.lastScores} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{texts.arena.pilot}</th>
              <th scope="col">{texts.arena.score}</th>
              <th scope="col">{texts.arena.kills}</th>
              <th scope="col">{texts.arena.deaths}</th>
            </tr>
          </thead>
          <tbody>
            {result.rows.map((row, place) => (
              <tr key={place} class={row.mine ? 'mine' : ''}>
                <th scope="row">
                  <span class="chip" style={{ background: row.color }} aria-hidden="true" />
                  <bdi>{row.name}</bdi>
                </th>
                <td>{row.score}</td>
                <td>{row.kills}</td>
                <td>{row.deaths}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  )
}
