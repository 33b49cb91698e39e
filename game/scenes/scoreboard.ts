/** The scores: a few lines in the corner, and the whole table on Tab or when a round is over. */
import { liveryOf } from '../looks/palette.ts'
import { KILL_POINTS } from '../rules/constants.ts'
import type { PlayerId } from '../rules/shape.ts'
import { element, show, write } from './elements.ts'
import type { DogstarView } from './parts.ts'
import { headline, LAW, type NameOf, reasonText } from './sentences.ts'

export interface Scoreboard {
  /** `whole`: the table in the middle too. */
  draw(view: DogstarView, whole: boolean): void
}

interface Line {
  readonly row: HTMLElement
  readonly chip: HTMLElement
  readonly name: HTMLElement
  readonly cells: readonly HTMLElement[]
}

export function makeScoreboard(parent: HTMLElement, nameOf: NameOf): Scoreboard {
  const corner = element(parent, 'ol', 'scores')
  const board = element(parent, 'section', 'board')
  board.setAttribute('aria-label', 'Scores')
  const title = element(board, 'h2', '')
  const reason = element(board, 'p', 'why')
  const table = element(board, 'table', '')
  const head = element(element(table, 'thead', ''), 'tr', '')
  // Above the colours stands nothing: a heading without words is none.
  element(head, 'td', '')
  for (const name of ['Pilot', 'Score', 'Kills', 'Rocks', 'Deaths']) element(head, 'th', '', name).scope = 'col'
  const body = element(table, 'tbody', '')
  element(board, 'p', 'law', LAW)
  const lines: Line[] = []
  const rows: Line[] = []
  show(board, false)
  return {
    draw(view, whole) {
      const order = ranking(view)
      for (const [i, player] of order.entries()) {
        const record = view.player(player)
        const line = lines[i] ?? cornerLine(corner)
        lines[i] = line
        fill(line, view, player, nameOf(player), [record.score])
        if (!whole) continue
        const row = rows[i] ?? tableRow(body)
        rows[i] = row
        const { score, kills, deaths } = record
        const name = record.aside ? `${nameOf(player)} (aside)` : nameOf(player)
        // What rocks paid is what ships did not.
        fill(row, view, player, name, [score, kills, score - kills * KILL_POINTS, deaths])
      }
      for (const [i, line] of lines.entries()) show(line.row, i < order.length)
      for (const [i, row] of rows.entries()) show(row.row, i < order.length)
      show(board, whole)
      if (!whole) return
      write(title, headline(view, nameOf))
      write(reason, reasonText(view, nameOf))
    },
  }
}

/** As the referee ranks: score, kills, fewer deaths; equal ones by seat, so that lines do not jump. */
export function ranking(view: DogstarView): PlayerId[] {
  return view.players.toSorted((a, b) => {
    const [left, right] = [view.player(a), view.player(b)]
    return right.score - left.score || right.kills - left.kills || left.deaths - right.deaths || a - b
  })
}

function cornerLine(list: HTMLElement): Line {
  const row = element(list, 'li', '')
  return { row, chip: element(row, 'i', 'chip'), name: element(row, 'span', 'name'), cells: [element(row, 'b', '')] }
}

function tableRow(body: HTMLElement): Line {
  const row = element(body, 'tr', '')
  const chip = element(element(row, 'td', ''), 'i', 'chip')
  const name = element(row, 'td', 'name')
  return { row, chip, name, cells: [0, 1, 2, 3].map(() => element(row, 'td', 'number')) }
}

function fill(
  { row, chip, name, cells }: Line,
  view: DogstarView,
  player: PlayerId,
  text: string,
  values: number[],
): void {
  const record = view.player(player)
  const { color } = liveryOf(record.color)
  if (chip.dataset.color !== color) {
    chip.dataset.color = color
    chip.style.background = color
  }
  write(name, text)
  row.classList.toggle('mine', player === view.me)
  row.classList.toggle('away', record.leftAt !== 0 || record.aside)
  for (const [i, cell] of cells.entries()) write(cell, String(values[i] ?? ''))
}
