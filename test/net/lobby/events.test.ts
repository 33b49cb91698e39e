import { expect, it } from 'vitest'
import { openTable } from './support.ts'

it('a lobby refuses to be listened to by what is no function: it would fail at the first event, or never be heard', () => {
  const { lobby } = openTable()
  for (const heard of [undefined, null, 'f'] as never[])
    expect(() => lobby.on('roster', heard)).toThrow(/^on: what listens to "roster" is .*Write a function/)
})

it('a lobby names its events to a page that listens to another: it would never be heard', () => {
  const { lobby } = openTable()
  expect(() => lobby.on('rostr' as never, () => {})).toThrow(
    /lobby\.on: .*"rostr".*code, roster, host, admission, settings, state/,
  )
})
