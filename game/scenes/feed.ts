/** Who destroyed whom, who comes and goes, as lines that come and go. */
import { texts } from '../languages/language.ts'
import { liveryOf } from '../looks/palette.ts'
import { element } from './elements.ts'

export interface Pilot {
  readonly name: string
  readonly color: number
}

export interface Feed {
  /** `unspoken`: the announcer says it already. */
  add(parts: readonly (Pilot | string)[], time: number, unspoken?: boolean): void
  draw(time: number): void
}

/** Seconds that a line stands, and how many stand at once. */
const STANDS = 6
const LINES = 5

export function makeFeed(parent: HTMLElement): Feed {
  const list = element(parent, 'ul', 'feed')
  list.setAttribute('aria-live', 'polite')
  list.setAttribute('aria-label', texts.arena.news)
  const standing: { readonly line: HTMLElement; readonly until: number }[] = []
  const drop = (): void => standing.shift()?.line.remove()
  return {
    add(parts, time, unspoken = false) {
      const line = document.createElement('li')
      for (const part of parts)
        if (typeof part === 'string') element(line, 'span', 'verb', part)
        else element(line, 'b', '', part.name).style.color = liveryOf(part.color).color
      if (unspoken) line.setAttribute('aria-hidden', 'true')
      list.append(line)
      standing.push({ line, until: time + STANDS })
      if (standing.length > LINES) drop()
    },
    draw(time) {
      while (standing[0] && standing[0].until < time) drop()
    },
  }
}
