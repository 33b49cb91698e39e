/** The page around the game, with false doors: what it asks, says and keeps, in a real browser. */
import type { Dialog, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Harness, startHarness } from './harness.ts'
import { goHome } from './page-screens.ts'

let harness: Harness
let shared: Page
beforeAll(async () => {
  harness = await startHarness({ root: 'test/browser/fixtures/page' })
  shared = (await harness.open('/')).page
  // The sky would be drawn anew in every frame, without a graphics card.
  await shared.emulateMedia({ reducedMotion: 'reduce' })
})
afterEach(() => harness.assertQuiet())
afterAll(() => harness?.close())

/** The start screen, with nothing remembered. One page serves all tests: loading takes longer than most of them. */
async function visit(): Promise<Page> {
  await goHome(shared)
  return shared
}

const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: typeof name === 'string' })

/** Opens a lobby as its host, with so many guests. */
async function host(page: Page, guests = 0): Promise<void> {
  await button(page, 'Create lobby').click()
  await page.getByText('Lobby code').waitFor()
  await page.evaluate((count) => {
    for (let i = 0; i < count; i++) window.fake?.add(`Guest ${i + 1}`)
  }, guests)
}

async function join(page: Page, code = 'D3RWX'): Promise<void> {
  await page.getByRole('textbox', { name: 'Lobby code' }).fill(code)
  await button(page, 'Join').click()
}

describe('a host who leaves', () => {
  it('is asked first, with how many others it may end for or who hosts next, and goes on hosting if they stay', async () => {
    const page = await visit()
    await host(page, 3)
    await button(page, 'Leave').click()
    const dialog = page.getByRole('dialog', { name: 'Leave lobby K7M2P?' })
    expect(await dialog.textContent()).toContain('all 3 others')
    await page.evaluate(() => window.fake?.remove(window.fake.roster[1]!.id))
    await page.evaluate(() => window.fake?.remove(window.fake.roster[1]!.id))
    await dialog.getByText('the other one here').waitFor()
    await page.evaluate(() => {
      const { fake } = window
      if (!fake) return
      fake.roster = fake.roster.map((member) => (member.mine ? member : { ...member, heir: 1 }))
      fake.resumeToken = 'an heir is ready'
    })
    await dialog.getByText('Guest 3').waitFor()
    await button(page, 'Stay').click()
    await dialog.waitFor({ state: 'hidden' })
    await button(page, 'Start game').click()
    await button(page, 'Leave').click()
    await button(page, 'Leave lobby').click()
    await button(page, 'Create lobby').waitFor()
    expect(await page.evaluate(() => window.fake?.state)).toBe('ended')
  })

  it('alone is not asked', async () => {
    const page = await visit()
    await host(page)
    await button(page, 'Leave').click()
    await button(page, 'Create lobby').waitFor()
  })

  it.each(['lobby', 'match'])(
    'by closing or reloading the page is asked by the browser while guests are there and none of them could host: %s',
    { tags: ['long'] },
    async (where) => {
      const page = await visit()
      const questions: string[] = []
      const answer = (dialog: Dialog) => {
        questions.push(dialog.type())
        void dialog.accept()
      }
      page.on('dialog', answer)
      await host(page)
      if (where === 'match') await button(page, 'Start game').click()
      await page.evaluate(() => window.fake?.add('Guest'))
      const asks = (token: string | null): Promise<boolean> =>
        page.evaluate((token) => {
          if (window.fake) window.fake.resumeToken = token
          return !dispatchEvent(new Event('beforeunload', { cancelable: true }))
        }, token)
      expect(await asks('an heir is ready')).toBe(false)
      expect(await asks(null)).toBe(true)
      await page.reload()
      await button(page, 'Create lobby').waitFor()
      expect(questions).toEqual(['beforeunload'])
      await host(page, 1)
      await page.evaluate(() => window.fake?.remove(window.fake.roster[1]!.id))
      await page.reload()
      expect(questions).toHaveLength(1)
      page.off('dialog', answer)
    },
  )

  it('by reloading reads that the lobby has closed, and is offered a new one, not an invitation', {
    tags: ['long'],
  }, async () => {
    const page = await visit()
    await host(page)
    expect(await page.evaluate(() => location.hash)).toBe('#K7M2P')
    await page.reload()
    await page.getByText('Your lobby K7M2P has closed').waitFor()
    expect(await page.getByText('You are invited').count()).toBe(0)
    expect(await page.evaluate(() => location.hash)).toBe('')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Create lobby')
    await page.keyboard.press('Enter')
    await page.getByText('Lobby code').waitFor()
  })
})

describe('a code', () => {
  it('that is mistyped stays in its field, and is answered beside it in one voice', { tags: ['long'] }, async () => {
    const page = await visit()
    const field = page.getByRole('textbox', { name: 'Lobby code' })
    await join(page, 'k7m2s')
    await page.getByRole('alert').getByText('is it “5”?').waitFor()
    expect(await field.inputValue()).toBe('k7m2s')
    // Well formed, but of no lobby: the library says so after a while.
    await join(page, 'nfcdf')
    await page.getByRole('alert').getByText('There is no lobby NFCDF now').waitFor()
    expect(await field.inputValue()).toBe('NFCDF')
    expect(await field.getAttribute('aria-invalid')).toBe('true')
    expect(await field.evaluate((element) => element === document.activeElement)).toBe(true)
    await page.keyboard.type('d3rwx')
    expect(await page.locator('#code-complaint').textContent()).toBe('')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'In the lobby' }).waitFor()
  })

  it('is taken out of whatever was pasted with it', { tags: ['long'] }, async () => {
    const page = await visit()
    await join(page, ' “\u202a\u200bＤ3–rwx.”')
    await page.getByRole('heading', { name: 'In the lobby' }).waitFor()
    expect(await page.evaluate(() => window.fake?.code)).toBe('D3RWX')
    await button(page, 'Leave').click()
    await join(page, 'Come: https://dogstar.example/?debug#K7M2P?from=chat')
    await page.getByRole('heading', { name: 'In the lobby' }).waitFor()
    expect(await page.evaluate(() => window.fake?.code)).toBe('K7M2P')
  })

  it('in an address that cannot be one is answered there, and not looked for', async () => {
    const page = await visit()
    await page.evaluate(() => {
      location.hash = '#K7M20'
      location.reload()
    })
    await page.getByRole('alert').getByText('“0” is in no code').waitFor()
    expect(await page.getByRole('textbox', { name: 'Lobby code' }).inputValue()).toBe('K7M20')
  })
})

describe('a seat that another tab took over', () => {
  it('can be taken back here', { tags: ['long'] }, async () => {
    const page = await visit()
    await join(page)
    await page.getByRole('heading', { name: 'In the lobby' }).waitFor()
    await page.evaluate(() => window.fake?.end('replaced'))
    await page.getByRole('heading', { name: 'Playing elsewhere' }).waitFor()
    await button(page, 'Play here').click()
    await page.getByRole('heading', { name: 'In the lobby' }).waitFor()
  })
})

describe('a guest who cannot reach the host', () => {
  it('is told why as soon as it is known, in a region that screen readers already watch, and may leave', async () => {
    const page = await visit()
    await join(page)
    await page.getByRole('heading', { name: 'In the lobby' }).waitFor()
    await page.evaluate(() => window.fake?.begin())
    await page.locator('.stage canvas').waitFor()
    const region = await page.locator('.playing > [role="status"].unseen').elementHandle()
    const panel = page.locator('.lost')
    for (const [cause, words] of [
      ['unknown', 'Your ship drifts on'],
      ['offline', 'Your network is away'],
      ['host-silent', 'The host does not answer'],
      ['host-gone', 'is over unless they come back'],
      ['no-route', 'No way to the host'],
    ] as const) {
      await page.evaluate((why) => window.fake?.lose(why), cause)
      await panel.getByText(words).waitFor()
      expect(await region!.textContent()).toContain(words)
      expect(await panel.textContent()).toMatch(/Tries for another \d+ s\./)
    }
    expect(await panel.textContent()).not.toContain('drifts on')
    await page.evaluate(() => window.fake?.comeBack('playing'))
    await panel.waitFor({ state: 'detached' })
    expect(await region!.textContent()).toBe('')
    await page.evaluate(() => window.fake?.lose('host-gone'))
    await panel.getByRole('button', { name: 'Leave' }).click()
    await page.getByText('You are invited').waitFor()
  })

  it('may choose to play on without the others, and hosts then, where no votes can be had', {
    tags: ['long'],
  }, async () => {
    const page = await visit()
    await join(page)
    await page.getByRole('heading', { name: 'In the lobby' }).waitFor()
    await page.evaluate(() => window.fake?.begin())
    await page.locator('.stage canvas').waitFor()
    await page.evaluate(() => window.fake?.lose('offline'))
    const playOn = page.locator('.lost').getByRole('button', { name: 'Play on without the others' })
    await page.locator('.lost').waitFor()
    expect(await playOn.count()).toBe(0)
    await page.evaluate(() => window.fake?.lose('offline', true))
    await playOn.click()
    await page.locator('.lost').waitFor({ state: 'detached' })
    expect(await page.evaluate(() => window.fake?.hosting)).toBe(true)
  })

  it('may choose so before a match, too', { tags: ['long'] }, async () => {
    const page = await visit()
    await join(page)
    await page.getByRole('heading', { name: 'In the lobby' }).waitFor()
    await page.evaluate(() => window.fake?.lose('host-gone'))
    const playOn = button(page, 'Play on without the others')
    await page.getByText('takes over').waitFor()
    expect(await playOn.count()).toBe(0)
    await page.evaluate(() => window.fake?.lose('host-gone', true))
    await playOn.click()
    await page.getByRole('heading', { name: 'Your lobby' }).waitFor()
    expect(await playOn.count()).toBe(0)
  })
})

describe('the keyboard', () => {
  it('is with the ship again after a question, and does not ask again by the space bar', async () => {
    const page = await visit()
    await host(page, 2)
    await button(page, 'Start game').click()
    await page.locator('.stage canvas').waitFor()
    await button(page, 'Leave').click()
    await button(page, 'Stay').click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await expect.poll(() => page.evaluate(() => document.activeElement?.className)).toBe('stage')
    await page.keyboard.press('Space')
    expect(await page.getByRole('dialog').count()).toBe(0)
  })

  it('stays in the roster when the row that it was in has gone', async () => {
    const page = await visit()
    await host(page, 2)
    await page
      .getByRole('button', { name: /^More about/ })
      .first()
      .press('Enter')
    await page.getByRole('button', { name: /^Kick/ }).press('Enter')
    await page.getByText('1 of').or(page.getByText('2 of')).first().waitFor()
    expect(await page.evaluate(() => document.activeElement?.className)).toBe('roster')
  })
})

describe('a lobby with a password', () => {
  it('asks for it beside the code, says when it is wrong, and lets the right one in', { tags: ['long'] }, async () => {
    const page = await visit()
    await join(page, 'PWCDF')
    const password = page.getByRole('textbox', { name: 'Password' })
    await password.waitFor()
    expect(await password.evaluate((element) => element === document.activeElement)).toBe(true)
    await password.fill('sesame')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').getByText('That is not the password').waitFor()
    await password.fill('open sesame')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'In the lobby' }).waitFor()
  })
})

describe('a player whom the host removed', () => {
  it('reads what the host wrote, as the host’s words', { tags: ['long'] }, async () => {
    const page = await visit()
    await join(page)
    await page.getByRole('heading', { name: 'In the lobby' }).waitFor()
    await page.evaluate(() => {
      window.fake!.hostText = 'Come back <b>tomorrow</b>.'
      window.fake!.end('kicked')
    })
    const quote = page.getByRole('blockquote')
    expect(await quote.textContent()).toBe('The host wrote:Come back <b>tomorrow</b>.')
  })
})

describe('settings', () => {
  it('are the host’s to change, and stand in one line that follows', { tags: ['long'] }, async () => {
    const page = await visit()
    await host(page)
    const line = page.locator('summary', { hasText: 'The match' })
    await line.click()
    await page.getByRole('radio', { name: 'Two teams' }).check()
    await page.getByRole('radio', { name: '10 min' }).check()
    await line.getByText('Two teams · 10 min · first to 1000').waitFor()
    expect(await page.evaluate(() => window.fake?.settings)).toMatchObject({ mode: 'teams', roundMinutes: 10 })
    await button(page, 'Leave').click()
    await join(page)
    await page.getByText('Free for all · 5 min').waitFor()
    await page.evaluate(() => window.fake?.set({ rocks: 'many' }))
    await page.getByText('many rocks').waitFor()
    expect(await page.getByRole('radio').count()).toBe(0)
  })
})

describe('ships', () => {
  it('are chosen in the lobby, where each pilot’s stands, and a taken one cannot be', { tags: ['long'] }, async () => {
    const page = await visit()
    await host(page, 1)
    await page.evaluate(() => {
      const fake = window.fake!
      fake.change(fake.roster[1]!.id, {
        choice: { ...fake.roster[1]!.choice, wantedColor: 3, wantedTeam: 'procyon' },
      })
    })
    await page.locator('summary', { hasText: /^Your ship/ }).click()
    await page.getByRole('radio', { name: 'violet' }).check()
    await page.locator('summary').getByText('violet').waitFor()
    expect(await page.getByRole('radio', { name: 'green', exact: true }).isDisabled()).toBe(true)
    await page.evaluate(() => window.fake?.set({ mode: 'teams' }))
    await page.getByRole('radio', { name: 'Sirius' }).check()
    await page.locator('summary').getByText('team Sirius').waitFor()
    expect(await page.locator('.member .team').allTextContents()).toEqual(['●Team Sirius', '▲Team Procyon'])
  })
})

describe('bots', () => {
  it('are seated by the host, told from people, and removed', async () => {
    const page = await visit()
    await host(page)
    await page.getByRole('combobox', { name: 'How well' }).selectOption('hard')
    await button(page, 'Add a bot').click()
    await page.getByText('bot · hard').waitFor()
    await page.getByRole('button', { name: /^More about.*Rigel/ }).click()
    await page.getByRole('button', { name: /^Remove.*Rigel/ }).click()
    expect(await page.locator('.member').count()).toBe(1)
  })
})

describe('the chat', () => {
  it('stands in the lobby and in the match, where Enter opens it and gives the keys back', async () => {
    const page = await visit()
    await host(page, 1)
    await page.getByRole('textbox', { name: 'Message' }).fill('Hello <i>all</i>')
    await page.keyboard.press('Enter')
    const log = page.getByRole('log')
    await log.getByText('Hello <i>all</i>').waitFor()
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Message')
    await button(page, 'Start game').click()
    await page.locator('.stage canvas').waitFor()
    expect(await log.textContent()).toBe('')
    await page.evaluate(() => window.fake?.hear(window.fake.roster[1]!.id, 'Behind you'))
    await log.getByText('Behind you').waitFor()
    await page.keyboard.press('Enter')
    await page.keyboard.type('w thanks')
    await page.keyboard.press('Enter')
    await log.getByText('w thanks').waitFor()
    await expect.poll(() => page.evaluate(() => document.activeElement?.className)).toBe('stage')
    expect(await page.getByRole('textbox', { name: 'Message' }).count()).toBe(0)
  })
})

describe('practice without a network', () => {
  it('begins at once, has no code, and gets one when friends are invited from the match', async () => {
    const page = await visit()
    await button(page, 'Practice with bots').click()
    await page.locator('.stage canvas').waitFor()
    expect(await page.evaluate(() => location.hash)).toBe('')
    await button(page, 'Invite friends').click()
    await page.locator('.bar .code').getByText('K7M2P').waitFor()
    await expect.poll(() => page.evaluate(() => location.hash)).toBe('#K7M2P')
    expect(await page.evaluate(() => document.activeElement?.className)).toBe('stage')
  })
})

describe('the way back from a match', () => {
  it('leads everybody into the lobby with its result, and a host with others is asked first', async () => {
    const page = await visit()
    await host(page, 1)
    await button(page, 'Start game').click()
    await page.locator('.stage canvas').waitFor()
    await button(page, 'Back to the lobby').click()
    const dialog = page.getByRole('dialog', { name: 'End this match?' })
    await dialog.getByRole('button', { name: 'Back to the lobby' }).click()
    await page.getByRole('heading', { name: 'Last match' }).waitFor()
    expect(await page.getByRole('row', { name: /Altair 1015 10 3/ }).count()).toBe(1)
    expect(await page.locator('.member').count()).toBe(2)
    await button(page, 'Start game').click()
    await page.locator('.stage canvas').waitFor()
  })
})

describe('names', () => {
  it('that read from right to left or turn the direction leave the rest of the row where it is', async () => {
    const page = await visit()
    await host(page)
    await page.evaluate(() => {
      for (const name of ['Ann', 'علی‌رضا 7', '\u202eAnn\u2066']) window.fake?.add(name)
    })
    await page.locator('.member:nth-child(4)').waitFor()
    const places = await page.locator('.member').evaluateAll((rows) =>
      rows.slice(1).map((row) => {
        const [name, ready, more] = ['.name', '.readiness', '.more'].map((part) =>
          row.querySelector(part)!.getBoundingClientRect(),
        )
        return { name: name!.left, ready: ready!.left, more: more!.left }
      }),
    )
    for (const place of places) expect(place).toEqual(places[0])
  })
})

describe('the link for friends', () => {
  it('of a page opened at localhost names the address that the network knows, or says that it reaches nobody', async () => {
    const page = await visit()
    await host(page)
    await page.getByText('is this computer only').waitFor()
    await page.route('**/lan.json', (route) => route.fulfill({ json: { addresses: ['172.17.0.1', '192.168.1.20'] } }))
    await button(page, 'Leave').click()
    await host(page)
    await page.getByText('try 172.17.0.1 in place of 192.168.1.20').waitFor()
    const { port } = new URL(harness.origin)
    expect(await page.getByRole('textbox', { name: 'Link for friends' }).inputValue()).toBe(
      `http://192.168.1.20:${port}/#K7M2P`,
    )
    await page.unroute('**/lan.json')
  })
})
