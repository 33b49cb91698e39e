/** What this page's player does: the values they hold, and the buttons pressed since the last tick. One row goes into each tick. */

import type { AnyGame } from '../world/game.ts'
import { toNumber, toSimGrid } from '../world/grid.ts'
import { initialNumbers, type Row } from '../world/record.ts'
import { checkValues } from '../world/values.ts'

export class HeldInput {
  private readonly game: AnyGame
  private held: Row
  /** Columns of the buttons that the next tick takes. */
  private readonly pressed = new Set<number>()

  constructor(game: AnyGame) {
    this.game = game
    this.held = { numbers: initialNumbers(game.schema.input), objects: [] }
  }

  /**
   * Fields left out keep their value. A field that was given as NaN keeps its old value, too, and `refuse` is told: a slip
   * in arithmetic must not stop a page's frames.
   */
  set(values: Readonly<Record<string, unknown>>, refuse: (problem: string) => void): void {
    const type = this.game.schema.input
    const isNone = (value: unknown): boolean => typeof value === 'number' && Number.isNaN(value)
    checkValues('The input', type, values, { skips: isNone })
    const numbers = this.held.numbers.slice()
    for (const field of type.numbers) {
      const { name } = field
      const value = values[name]
      if (value === undefined) continue
      const number = toNumber(field, value)
      if (field.kind === 'button') {
        if (number === 1) this.pressed.add(field.column)
        continue
      }
      if (!Number.isNaN(number)) numbers[field.column] = toSimGrid(field, number)
      else refuse(`input.${name} cannot be ${String(value)}; it keeps its old value`)
    }
    this.held = { numbers, objects: [] }
  }

  /** The input of the next tick. Buttons are released by it. */
  next(): Row {
    if (this.pressed.size === 0) return this.held
    const numbers = this.held.numbers.slice()
    for (const column of this.pressed) numbers[column] = 1
    this.pressed.clear()
    return { numbers, objects: [] }
  }

  /** Forgets the buttons that no tick took. */
  release(): void {
    this.pressed.clear()
  }
}
