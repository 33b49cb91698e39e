/** Who destroyed whom, as lines that come and go. */
import { liveryOf } from '../looks/palette.ts'
import { element } from './elements.ts'

export interface Pilot {
  readonly name: string
  readonly color: number
}

export interface Feed {
  add(by: Pilot | null, whom: Pilot, crash: boolean, time: number): void
  draw(time: number): void
}

/** Seconds that a line stands, and how many stand at once. */
const STANDS = 6
const LINES = 5

export function makeFeed(parent: HTMLElement): Feed {
  const list = element(parent, 'ul', 'feed')
  list.setAttribute('aria-live', 'polite')
  const standing: { readonly line: HTMLElement; readonly until: number }[] = []
  const drop = (): void => standing.shift()?.line.remove()
  return {
    add(by, whom, crash, time) {
      const line = element(list, 'li', '')
      if (by) {
        pilot(line, by)
        element(line, 'span', 'verb', crash ? ' wrecked ' : ' shot down ')
        pilot(line, whom)
      } else {
        pilot(line, whom)
        element(line, 'span', 'verb', ' crashed')
      }
      standing.push({ line, until: time + STANDS })
      if (standing.length > LINES) drop()
    },
    draw(time) {
      while (standing[0] && standing[0].until < time) drop()
    },
  }
}

function pilot(line: HTMLElement, { name, color }: Pilot): void {
  const text = element(line, 'b', '', name)
  text.style.color = liveryOf(color).color
}
