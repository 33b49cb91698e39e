/** The scores: a few lines in the corner, and the whole table on Tab or when a round is over. */
import { liveryOf } from '../looks/palette.ts'
import type { PlayerId } from '../rules/shape.ts'
import { element, show, write } from './elements.ts'
import type { DogstarView } from './parts.ts'

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

export function makeScoreboard(parent: HTMLElement, nameOf: (player: PlayerId) => string): Scoreboard {
  const corner = element(parent, 'ol', 'scores')
  const board = element(parent, 'section', 'board')
  board.setAttribute('aria-label', 'Scores')
  const title = element(board, 'h2', '')
  const table = element(board, 'table', '')
  const head = element(element(table, 'thead', ''), 'tr', '')
  for (const name of ['', 'Pilot', 'Score', 'Kills', 'Deaths']) element(head, 'th', '', name).scope = 'col'
  const body = element(table, 'tbody', '')
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
        fill(row, view, player, nameOf(player), [record.score, record.kills, record.deaths])
      }
      for (const [i, line] of lines.entries()) show(line.row, i < order.length)
      for (const [i, row] of rows.entries()) show(row.row, i < order.length)
      show(board, whole)
      if (whole) write(title, headline(view, nameOf))
    },
  }
}

/** As the referee ranks: score, kills, fewer deaths, the older seat. */
export function ranking(view: DogstarView): PlayerId[] {
  return view.players.toSorted((a, b) => {
    const [left, right] = [view.player(a), view.player(b)]
    return right.score - left.score || right.kills - left.kills || left.deaths - right.deaths || a - b
  })
}

function headline(view: DogstarView, nameOf: (player: PlayerId) => string): string {
  const { phase, winner, round } = view.globals
  if (phase === 'waiting') return 'Practice'
  if (phase === 'playing') return `Round ${round}`
  if (winner === null) return 'Nobody wins'
  return winner === view.me ? 'You win the round!' : `${nameOf(winner)} wins the round`
}

function cornerLine(list: HTMLElement): Line {
  const row = element(list, 'li', '')
  return { row, chip: element(row, 'i', 'chip'), name: element(row, 'span', 'name'), cells: [element(row, 'b', '')] }
}

function tableRow(body: HTMLElement): Line {
  const row = element(body, 'tr', '')
  const chip = element(element(row, 'td', ''), 'i', 'chip')
  const name = element(row, 'td', 'name')
  return { row, chip, name, cells: [0, 1, 2].map(() => element(row, 'td', 'number')) }
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
  row.classList.toggle('away', record.leftAt !== 0)
  for (const [i, cell] of cells.entries()) write(cell, String(values[i] ?? ''))
}
