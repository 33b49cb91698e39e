/** What is said aloud by those who read the page to their users: nothing of it is seen. */
import { element, write } from './elements.ts'

export interface Announcer {
  /** When the reader has a moment: rounds, who is there. */
  say(text: string, time: number): void
  /** At once: the loss of one's own ship, and nothing else. */
  interrupt(text: string, time: number): void
  draw(time: number): void
}

/** Seconds that a text stays: then the same text is news again. */
const STAYS = 3

export function makeAnnouncer(parent: HTMLElement): Announcer {
  const polite = makeRegion(parent, 'status')
  const assertive = makeRegion(parent, 'alert')
  return {
    say: polite.write,
    interrupt: assertive.write,
    draw(time) {
      polite.draw(time)
      assertive.draw(time)
    },
  }
}

function makeRegion(parent: HTMLElement, role: 'status' | 'alert') {
  const region = element(parent, 'p', 'aloud')
  region.setAttribute('role', role)
  let until = 0
  return {
    write(text: string, time: number): void {
      write(region, text)
      until = time + STAYS
    },
    draw(time: number): void {
      if (time >= until) write(region, '')
    },
  }
}
