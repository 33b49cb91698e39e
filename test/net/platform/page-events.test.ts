import { afterEach, expect, it, vi } from 'vitest'
import { onFreeze, onPageGone } from '../../../net/platform/page-events.ts'

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
