import { afterEach, describe, expect, it, vi } from 'vitest'
import { onFreeze, onPageGone, traits } from '../../../net/platform/page-events.ts'

afterEach(() => vi.unstubAllGlobals())

it('tells who listens since last first that the page goes, each once, and nobody who has stopped', () => {
  const page = new EventTarget()
  vi.stubGlobal('onpagehide', null)
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
  vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page))
  const shown = vi.fn()
  vi.stubGlobal('reportError', shown)
  const told: string[] = []
  const stops = ['guest', 'file', 'host'].map((who) =>
    onPageGone(() => {
      told.push(who)
      if (who === 'host') throw new Error('of the host')
    }),
  )
  stops[1]!()
  page.dispatchEvent(new Event('pagehide'))
  expect(told).toEqual(['host', 'guest'])
  expect(shown).toHaveBeenCalledOnce()
  for (const stop of stops) stop()
  page.dispatchEvent(new Event('pagehide'))
  expect(told).toEqual(['host', 'guest'])
})

it('tells that the browser freezes the page, until nobody listens', () => {
  const page = new EventTarget()
  vi.stubGlobal('document', page)
  const told = vi.fn()
  const stop = onFreeze(told)
  page.dispatchEvent(new Event('freeze'))
  stop()
  page.dispatchEvent(new Event('freeze'))
  expect(told).toHaveBeenCalledOnce()
})

describe('how fit a page is to host', () => {
  const of = (navigator: object, visibilityState = 'visible') => {
    vi.stubGlobal('document', { visibilityState })
    vi.stubGlobal('navigator', navigator)
    return traits()
  }
  const laptop = { userAgent: 'Mozilla/5.0 (X11; Linux x86_64)' }
  const ordinary = { headless: false, hidden: false, reluctant: false }

  it.each([
    ['a laptop', laptop, {}],
    ['a laptop whose browser says so', { userAgentData: { mobile: false } }, {}],
    ['a phone whose browser says so', { userAgentData: { mobile: true } }, { reluctant: true }],
    ['a phone, by its name', { userAgent: 'Mozilla/5.0 (iPhone; … Mobile/15E148)' }, { reluctant: true }],
    ['a laptop that saves data', { ...laptop, connection: { saveData: true } }, { reluctant: true }],
    ['a laptop by the mobile network', { ...laptop, connection: { type: 'cellular' } }, { reluctant: true }],
    ['a laptop on a cable', { ...laptop, connection: { type: 'ethernet', saveData: false } }, {}],
  ])('is known of %s', (_, navigator, than) => {
    expect(of(navigator)).toEqual({ ...ordinary, ...than })
    expect(of(navigator, 'hidden')).toEqual({ ...ordinary, ...than, hidden: true })
  })

  it('is known of a process without a page', () => {
    expect(traits()).toEqual({ headless: true, hidden: false, reluctant: false })
  })
})
