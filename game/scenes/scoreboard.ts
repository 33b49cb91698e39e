/** The scores: a few lines in the corner, and the whole table on Tab or when a round is over. */
import type { Bindings } from '../hands/bindings.ts'
import { texts } from '../languages/language.ts'
import { liveryOf } from '../looks/palette.ts'
import { KILL_POINTS_IN, type Team } from '../rules/balance.ts'
import { playsTeams } from '../rules/modes.ts'
import type { PlayerId } from '../rules/shape.ts'
import { colorOfTeam } from '../rules/sides.ts'
import { type Ballot, makeBallot } from './ballot.ts'
import { element, show, write } from './elements.ts'
import type { DogstarView } from './parts.ts'
import { rankedTeams, ranking } from './ranking.ts'
import { headline, honourTexts, lawText, type NameOf, reasonText, scoreOfTeam } from './sentences.ts'

export interface Scoreboard {
  /** `whole`: the table in the middle too. `byPad`: whether the player holds a gamepad. */
  draw(view: DogstarView, whole: boolean, byPad: boolean): void
  readonly ballot: Ballot
  /** Whether the vote can be seen: it is open, and the table is there. */
  readonly chooses: boolean
}

interface Line {
  readonly row: HTMLElement
  readonly chip: HTMLElement
  readonly name: HTMLElement
  readonly cells: readonly HTMLElement[]
}

export function makeScoreboard(parent: HTMLElement, nameOf: NameOf, bindings: () => Bindings): Scoreboard {
  const corner = element(parent, 'ol', 'scores')
  const board = element(parent, 'section', 'board')
  board.setAttribute('aria-label', texts.arena.scores)
  const title = element(board, 'h2', '')
  const reason = element(board, 'p', 'why')
  // Before the table, which is scrolled on a phone: the seconds of the pause are few to find the vote below it.
  const ballot = makeBallot(board, bindings)
  const table = element(board, 'table', '')
  const head = element(element(table, 'thead', ''), 'tr', '')
  // Above the colours stands nothing: a heading without words is none.
  element(head, 'td', '')
  const { pilot, score, kills, rocks, deaths } = texts.arena
  for (const name of [pilot, score, kills, rocks, deaths]) element(head, 'th', '', name).scope = 'col'
  const body = element(table, 'tbody', '')
  const honours = element(board, 'ul', 'honours')
  const law = element(board, 'p', 'law')
  const lines: Line[] = []
  const rows: Line[] = []
  show(board, false)
  return {
    ballot,
    get chooses() {
      return ballot.open && !board.hidden
    },
    draw(view, whole, byPad) {
      ballot.draw(view, byPad)
      const order = ranking(view)
      fillLines(
        lines,
        cornerEntries(view, order),
        () => cornerLine(corner),
        view,
        (player) => nameOf(player),
      )
      show(board, whole)
      if (!whole) return
      const named = (player: PlayerId): string =>
        view.player(player).aside ? texts.arena.aside(nameOf(player)) : nameOf(player)
      fillLines(rows, tableEntries(view, order), () => tableRow(body), view, named)
      write(title, headline(view, nameOf))
      write(reason, reasonText(view, nameOf))
      fillHonours(honours, view.globals.phase === 'over' ? honourTexts(view, nameOf) : [])
      write(law, lawText(view))
    },
  }
}

function fillHonours(list: HTMLElement, honours: readonly string[]): void {
  show(list, honours.length > 0)
  for (const [i, text] of honours.entries())
    write((list.children[i] as HTMLElement | undefined) ?? element(list, 'li', ''), text)
  for (const [i, line] of [...list.children].entries()) show(line as HTMLElement, i < honours.length)
}

/** What one line is about. */
type Entry = { readonly team: Team } | { readonly player: PlayerId }

/** Both teams first: on a phone there is room for few lines. */
function cornerEntries(view: DogstarView, order: readonly PlayerId[]): Entry[] {
  const pilots = order.map((player) => ({ player }))
  return playsTeams(view) ? [...rankedTeams(view).map((team) => ({ team })), ...pilots] : pilots
}

/** Each team with its pilots below. */
function tableEntries(view: DogstarView, order: readonly PlayerId[]): Entry[] {
  if (!playsTeams(view)) return order.map((player) => ({ player }))
  return rankedTeams(view).flatMap((team) => [
    { team },
    ...order.filter((player) => view.player(player).team === team).map((player) => ({ player })),
  ])
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

function fillLines(
  lines: Line[],
  entries: readonly Entry[],
  make: () => Line,
  view: DogstarView,
  nameOf: NameOf,
): void {
  for (const [i, entry] of entries.entries()) {
    const line = lines[i] ?? make()
    lines[i] = line
    if ('team' in entry) fillTeam(line, view, entry.team)
    else fillPilot(line, view, entry.player, nameOf(entry.player))
  }
  for (const [i, line] of lines.entries()) show(line.row, i < entries.length)
}

function fillTeam(line: Line, view: DogstarView, team: Team): void {
  paintChip(line.chip, colorOfTeam(team), team)
  // The corner of a phone has room for a word.
  write(line.name, line.cells.length === 1 ? texts.teams[team] : texts.arena.team(texts.teams[team]))
  line.row.classList.add('team')
  line.row.classList.remove('mine', 'away')
  for (const [i, cell] of line.cells.entries()) write(cell, i === 0 ? String(scoreOfTeam(view, team)) : '')
}

function fillPilot({ row, chip, name, cells }: Line, view: DogstarView, player: PlayerId, text: string): void {
  const { color, team, score, kills, deaths, lives, leftAt, aside } = view.player(player)
  paintChip(chip, color, team)
  write(name, text)
  row.classList.remove('team')
  row.classList.toggle('mine', player === view.me)
  row.classList.toggle('away', leftAt !== 0 || aside)
  // What rocks paid is what ships did not.
  const isLast = view.globals.mode === 'last' && view.globals.phase !== 'waiting'
  // The corner counts what wins: ships left where the last one does.
  if (isLast && cells.length === 1) {
    write(cells[0] as HTMLElement, lives > 0 ? '◆'.repeat(lives) : texts.arena.out)
    return
  }
  const values = [score, kills, score - kills * KILL_POINTS_IN[view.globals.mode], deaths]
  for (const [i, cell] of cells.entries()) write(cell, String(values[i] ?? ''))
}

function paintChip(chip: HTMLElement, livery: number, team: Team | 'none'): void {
  const { color } = liveryOf(livery)
  if (chip.dataset.color === color && chip.dataset.team === team) return
  chip.dataset.color = color
  chip.dataset.team = team
  chip.style.background = color
}
