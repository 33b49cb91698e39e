/** Every screen of the page, with false doors: how to get there, and how to measure what stands on it. */
import axe from 'axe-core'
import type { Page } from 'playwright-core'
import type { LostCause, Reason } from 'starwire'
import { reasonSentences } from '../../net/errors/sentences.ts'

/** Phones upright and lying, a tablet, a laptop, a large screen. */
export const sizes = [
  [320, 568],
  [360, 740],
  [390, 844],
  [568, 320],
  [844, 390],
  [1024, 600],
  [820, 1180],
  [1280, 720],
  [2560, 1440],
] as const

/** Names as wide and as strange as they come. */
const names = [
  'Bea',
  'WWWWWWWWWWWWWWWWWWWW',
  'علی‌رضا کریمی',
  '👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦',
  'Жанна д’Арк 2',
  '李雷',
  'Z̶̵̴̷o̶',
  'Ann',
  'Cid the Conqueror',
]

const add = (page: Page, count: number) =>
  page.evaluate(
    ({ names, count }) => {
      const fake = window.fake!
      for (let i = 0; fake.roster.length < count; i++)
        fake.add(names[i % names.length]!, {
          ready: i % 2 === 0,
          presence: (['here', 'late', 'away'] as const)[i % 3]!,
        })
    },
    { names, count },
  )

/** Opens everything that a lobby's screen can open, with a result above and a chat that has something in it. */
async function unfold(page: Page): Promise<void> {
  await page.evaluate(() => {
    const fake = window.fake!
    fake.news('joined', 'WWWWWWWWWWWWWWWWWWWW')
    for (const text of ['Hello', 'https://example.com/'.repeat(6), 'سلام', 'x'.repeat(500)]) fake.hear(fake.me, text)
  })
  await page
    .getByRole('button', { name: /^More about/ })
    .nth(1)
    .click()
  for (const summary of await page.locator('summary').all()) await summary.click()
}

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()

async function host(page: Page, pilots: number): Promise<void> {
  await press(page, 'Create lobby')
  await page.getByText('Link for friends').waitFor()
  await add(page, pilots)
}

async function join(page: Page, pilots: number): Promise<void> {
  await page.getByRole('textbox', { name: 'Lobby code' }).fill('D3RWX')
  await press(page, 'Join')
  await page.getByText('Link for friends').waitFor()
  await add(page, pilots)
}

async function begin(page: Page): Promise<void> {
  await page.evaluate(() => window.fake?.begin())
  await page.locator('.stage canvas').waitFor()
}

const lose = (page: Page, cause: LostCause) => page.evaluate((why) => window.fake?.lose(why), cause)

const fail = (page: Page, reason: Reason) => page.evaluate((why) => window.fake?.end(why), reason)

/** Back to an empty start screen, from wherever the page is. Cheaper than loading it again. */
export async function goHome(page: Page): Promise<void> {
  await page.evaluate(() => {
    window.fakeWait = false
    window.home?.()
    window.fake = null
    window.fakePublic = []
    // What a test that failed has left open would cover everything for those after it.
    for (const dialog of document.querySelectorAll('dialog[open]')) (dialog as HTMLDialogElement).close()
    window.speak?.('en')
    sessionStorage.clear()
    localStorage.clear()
  })
  await page.getByText('or fly with friends').waitFor()
}

/** Screens by name, and how to get there from the start screen. */
export const screens: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  start: async () => {},
  invited: async (page) => {
    await page.evaluate(() => {
      location.hash = '#D3RWX'
    })
    await page.getByText('You are invited').waitFor()
  },
  'public lobbies': async (page) => {
    await page.evaluate(() => {
      window.fakePublic = [
        { title: 'W'.repeat(40), playing: true, players: 12 },
        { title: 'مبارزه در فضا', hasPassword: true },
        { title: 'Full of friends', players: 16, obstacle: 'full', playing: true },
        { title: 'Only us', locked: true, obstacle: 'locked' },
        { title: 'Old build', version: 2, obstacle: 'version-mismatch', pingMs: null },
      ]
    })
    await page.getByText('Public lobbies').click()
    await page.getByText('Only us').waitFor()
  },
  'alone in the lobby': async (page) => {
    await press(page, 'Practice with bots')
    await page.locator('.stage canvas').waitFor()
    await page.evaluate(() => window.fake?.over())
    await page.getByText('You practise').waitFor()
  },
  'no public lobbies': async (page) => {
    await page.getByText('Public lobbies').click()
    await page.getByRole('button', { name: 'Create a public lobby' }).waitFor()
  },
  password: async (page) => {
    await page.getByRole('textbox', { name: 'Lobby code' }).fill('PWCDF')
    await press(page, 'Join')
    await page.getByRole('textbox', { name: 'Password' }).waitFor()
  },
  mistyped: async (page) => {
    await page.getByRole('textbox', { name: 'Lobby code' }).fill('K7M2S')
    await press(page, 'Join')
    await page.getByText('is in no code').waitFor()
  },
  'own lobby closed': async (page) => {
    await host(page, 1)
    await page.reload()
    await page.getByText('has closed').waitFor()
  },
  joining: async (page) => {
    await page.evaluate(() => {
      window.fakeWait = true
    })
    await page.getByRole('textbox', { name: 'Lobby code' }).fill('D3RWX')
    await press(page, 'Join')
    await page.getByText('contacting the host').waitFor()
  },
  ...Object.fromEntries(
    [2, 10].flatMap((pilots) => [
      [`lobby, host of ${pilots}`, (page: Page) => host(page, pilots)],
      [`lobby, guest among ${pilots}`, (page: Page) => join(page, pilots)],
      [
        `playing, ${pilots}, roster open`,
        async (page: Page) => {
          await host(page, pilots)
          await begin(page)
          await page.getByRole('button', { name: `${pilots} pilots` }).click()
        },
      ],
    ]),
  ),
  'lobby, after a match, all unfolded': async (page) => {
    await host(page, 10)
    await begin(page)
    await page.evaluate(() => window.fake?.over())
    await page.getByText('Last match').waitFor()
    await unfold(page)
  },
  'lobby, watching among 10': async (page) => {
    await join(page, 10)
    await press(page, 'Watch')
    await page.getByText('You watch').waitFor()
  },
  'playing, watching, roster open': async (page) => {
    await join(page, 10)
    await begin(page)
    await page.getByRole('button', { name: '10 pilots' }).click()
    await press(page, 'Watch')
    await page.getByRole('button', { name: 'Play', exact: true }).waitFor()
    await page.getByRole('button', { name: '9 pilots' }).click()
  },
  'full, but one may watch': async (page) => {
    await page.getByRole('textbox', { name: 'Lobby code' }).fill('FXCDF')
    await press(page, 'Join')
    await page.getByRole('button', { name: 'Watch instead' }).waitFor()
  },
  'playing, talking': async (page) => {
    await host(page, 10)
    await begin(page)
    await page.evaluate(() => {
      for (let i = 0; i < 12; i++) window.fake?.hear(window.fake.me, `Line ${i} `.repeat(i))
    })
    await page.keyboard.press('Enter')
    await page.getByRole('textbox', { name: 'Message' }).waitFor()
  },
  'playing, in a call': async (page) => {
    await host(page, 10)
    await begin(page)
    await page.getByRole('button', { name: /^Voice/ }).click()
    await press(page, 'Join voice')
    await press(page, 'Show my camera')
    await page.evaluate(() => {
      const { voice, video, roster } = window.fake!
      for (const { id, mine } of roster.slice(0, 8)) {
        if (mine) continue
        voice.set(id, { speaking: true })
        video.set(id, {})
      }
      voice.fail('device-lost')
    })
    await page.getByText('microphone or camera is gone').waitFor()
  },
  'playing, end the match?': async (page) => {
    await host(page, 10)
    await begin(page)
    await page.setViewportSize({ width: 1280, height: 720 })
    await press(page, 'Back to the lobby')
  },
  'lobby, connection lost': async (page) => {
    await join(page, 10)
    await lose(page, 'host-gone')
  },
  'lobby, leave?': async (page) => {
    await host(page, 10)
    await press(page, 'Leave')
  },
  'playing, leave?': async (page) => {
    await host(page, 10)
    await begin(page)
    await press(page, 'Leave')
  },
  ...Object.fromEntries(
    (['unknown', 'host-gone'] as const).map((cause) => [
      `playing, lost: ${cause}`,
      async (page: Page) => {
        await join(page, 10)
        await begin(page)
        await lose(page, cause)
      },
    ]),
  ),
  ...Object.fromEntries(
    (Object.keys(reasonSentences) as Reason[]).map((reason) => [
      `failed: ${reason}`,
      async (page: Page) => {
        await join(page, 2)
        await fail(page, reason)
        await page.getByRole('button', { name: 'Back to start' }).waitFor()
      },
    ]),
  ),
  'failed: with a report': async (page) => {
    await page.getByRole('textbox', { name: 'Lobby code' }).fill('NRCDF')
    await press(page, 'Join')
    await page.getByText('Report').first().waitFor()
  },
}

/**
 * What is wrong with the screen at these sizes, of its layout and for fingers. With STARWIRE_SHOTS, a folder, it leaves pictures there,
 * for the eye has more to say than these measures.
 */
export async function faultsAt(
  at: readonly (readonly [width: number, height: number])[],
  page: Page,
  name: string,
): Promise<string[]> {
  const faults: string[] = []
  for (const [width, height] of at) {
    await page.setViewportSize({ width, height })
    for (const fault of await page.evaluate(faultsOfLayout)) faults.push(`${width}×${height}: ${fault}`)
    for (const small of await page.evaluate(smallControls))
      faults.push(`${width}×${height}: too small for a finger: ${small}`)
    const shots = process.env.STARWIRE_SHOTS
    if (shots) await page.screenshot({ path: `${shots}/${name.replace(/\W+/g, '-')}-${width}x${height}.png` })
  }
  return faults
}

/** What axe calls serious or critical, each with the elements that it means. It adds axe to the page: another look costs less. */
export async function barriersOf(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source)
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof import('axe-core') }
    const { violations } = await axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
      resultTypes: ['violations'],
    })
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
  })
}

/** What is wrong with how the screen stands in the window: nothing, it is hoped. Moves the page's scroll position. */
function faultsOfLayout(): string[] {
  /** Of a name, in pixels: five letters. */
  const MIN_NAME = 40
  const faults: string[] = []
  const told = (element: Element) =>
    `${element.tagName.toLowerCase()} "${(element.textContent || element.getAttribute('aria-label') || '').trim().slice(0, 40)}"`
  const dialog = document.querySelector('dialog[open]')
  const scope = dialog ?? document.body
  const isShown = (element: Element) =>
    element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !element.closest('.unseen')

  // Every control is inside of the window, or can be scrolled there, and nothing lies on it.
  const controls = [
    ...scope.querySelectorAll<HTMLElement>('button, input, select, summary, textarea, a[href], label.ready'),
  ].filter(isShown)
  for (const control of controls) {
    control.scrollIntoView({ block: 'nearest', inline: 'nearest', behavior: 'instant' })
    const { left, top, right, bottom, width, height } = control.getBoundingClientRect()
    const inside = left >= -0.5 && top >= -0.5 && right <= innerWidth + 0.5 && bottom <= innerHeight + 0.5
    if (!inside && height <= innerHeight)
      faults.push(`${told(control)} is outside: ${[left, top, right, bottom].map(Math.round)}`)
    for (const [x, y] of [
      [left + width / 2, top + height / 2],
      [left + 4, top + 4],
      [right - 4, bottom - 4],
    ] as const) {
      const hit = document.elementFromPoint(x, y)
      if (hit && (control.contains(hit) || hit.contains(control) || hit.closest('label')?.contains(control))) {
        if (control.contains(hit) || hit.closest('label')) continue
        if (x !== left + width / 2) continue
      }
      faults.push(`${told(control)} is covered at ${Math.round(x)},${Math.round(y)} by ${hit ? told(hit) : 'nothing'}`)
      break
    }
  }
  scrollTo(0, 0)

  if (document.documentElement.scrollWidth > innerWidth)
    faults.push(`the page is ${document.documentElement.scrollWidth} wide`)

  // A name that is cut off can still be told from another: half of it, or so, is seen.
  for (const name of scope.querySelectorAll<HTMLElement>('.member .name, .lobbies .name'))
    if (isShown(name) && name.clientWidth < Math.min(name.scrollWidth, MIN_NAME))
      faults.push(`${told(name)} is cut to ${name.clientWidth} px`)

  // No two texts stand on each other, and no text below a control.
  interface Piece {
    owner: Element
    rect: DOMRect
    what: string
  }
  const pieces: Piece[] = []
  /** As much of it as is shown: what scrolls inside of a box is cut by it. */
  const addPiece = (owner: Element, { left, top, right, bottom }: DOMRect): void => {
    for (let box: Element | null = owner; box && box !== document.body; box = box.parentElement) {
      if (getComputedStyle(box).overflowX === 'visible' && getComputedStyle(box).overflowY === 'visible') continue
      const clip = box.getBoundingClientRect()
      left = Math.max(left, clip.left)
      top = Math.max(top, clip.top)
      right = Math.min(right, clip.right)
      bottom = Math.min(bottom, clip.bottom)
    }
    if (right - left < 2 || bottom - top < 2) return
    pieces.push({ owner, rect: new DOMRect(left, top, right - left, bottom - top), what: told(owner) })
  }
  const walker = document.createTreeWalker(scope, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const owner = node.parentElement
    if (
      !owner ||
      !node.textContent?.trim() ||
      !isShown(owner) ||
      owner.closest('option, textarea, script, style, noscript')
    )
      continue
    const range = document.createRange()
    range.selectNodeContents(node)
    for (const rect of range.getClientRects()) {
      addPiece(owner, rect)
    }
  }
  for (const control of controls) addPiece(control, control.getBoundingClientRect())
  const layer = (element: Element) =>
    element.closest('.roster-sheet, .lost, .talk, dialog, .people ~ .actions') ?? document.body
  for (const [i, a] of pieces.entries())
    for (const b of pieces.slice(i + 1)) {
      if (a.owner.contains(b.owner) || b.owner.contains(a.owner) || a.owner.closest('label')?.contains(b.owner))
        continue
      // What is laid over the rest on purpose covers it.
      if (layer(a.owner) !== layer(b.owner)) continue
      const width = Math.min(a.rect.right, b.rect.right) - Math.max(a.rect.left, b.rect.left)
      const height = Math.min(a.rect.bottom, b.rect.bottom) - Math.max(a.rect.top, b.rect.top)
      // Lines of text have room above and below their letters.
      if (width > 2 && height > 6)
        faults.push(`${a.what} and ${b.what} overlap by ${Math.round(width)}×${Math.round(height)}`)
    }
  return faults
}

/** Controls that cannot be scrolled out of what the phone cuts off at its sides. Runs in the page, and moves its scroll positions. */
export function cutsOf(insets: Readonly<Record<'top' | 'left' | 'bottom' | 'right', number>>): string[] {
  const scope = document.querySelector('dialog[open]') ?? document.body
  const cuts = [...scope.querySelectorAll<HTMLElement>('button, input, select, summary, textarea, a[href]')]
    .filter((control) => control.checkVisibility({ visibilityProperty: true }) && !control.closest('.unseen, .dogstar'))
    .map((control) => control.closest<HTMLElement>('label') ?? control)
    .flatMap((control) => {
      control.scrollIntoView({ block: 'center', inline: 'nearest', behavior: 'instant' })
      const { left, top, right, bottom } = control.getBoundingClientRect()
      const isClear =
        left >= insets.left - 0.5 &&
        right <= innerWidth - insets.right + 0.5 &&
        top >= insets.top - 0.5 &&
        bottom <= innerHeight - insets.bottom + 0.5
      const name = (control.textContent || control.getAttribute('aria-label') || control.tagName).trim().slice(0, 40)
      return isClear ? [] : [`${name}: ${[left, top, right, bottom].map(Math.round)}`]
    })
  scrollTo(0, 0)
  return cuts
}

/** Controls that are smaller than a finger. */
function smallControls(): string[] {
  return [...document.querySelectorAll<HTMLElement>('button, input, select, summary, textarea, a[href]')]
    .filter((control) => control.checkVisibility() && !control.closest('.debug'))
    .map((control) => control.closest<HTMLElement>('label.ready, label.switch') ?? control)
    .flatMap((control) => {
      const { width, height } = control.getBoundingClientRect()
      return width < 44 || height < 44
        ? [`${control.textContent?.trim() || control.tagName}: ${Math.round(width)}×${Math.round(height)}`]
        : []
    })
}
