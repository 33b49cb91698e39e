/** Listeners of one object: what each of them hears, and in which order. */
import { describe, expect, it } from 'vitest'
import { Emitter } from '../../../net/platform/emitter.ts'

describe('an emitter', () => {
  it('tells every listener the newest last, also when a listener changes what the event is about', () => {
    const emitter = new Emitter<{ roster: number }>()
    const heard: number[] = []
    // As a host's page that removes a bot when it hears that a player came.
    emitter.on('roster', (members) => {
      if (members > 8) emitter.emit('roster', members - 1)
    })
    emitter.on('roster', (members) => heard.push(members))
    emitter.emit('roster', 10)
    expect(heard).toEqual([10, 9, 8])
  })

  it('cuts off a listener that causes without end what it hears, says so, and goes on', () => {
    const emitter = new Emitter<{ roster: number }>()
    let heard = 0
    const shown: unknown[] = []
    const { reportError } = globalThis
    globalThis.reportError = (error) => void shown.push(error)
    const remove = emitter.on('roster', (members) => {
      // An end, so that the test fails rather than hangs.
      if (++heard < 100_000) emitter.emit('roster', members)
    })
    emitter.emit('roster', 1)
    globalThis.reportError = reportError
    expect(heard).toBeLessThan(2000)
    expect(shown.map(String)).toEqual([expect.stringContaining('causes that event each time')])
    remove()
    const last: number[] = []
    emitter.on('roster', (members) => last.push(members))
    emitter.emit('roster', 2)
    expect(last).toEqual([2])
  })

  it('goes on after a listener that throws, and does not call one that was removed meanwhile', () => {
    const emitter = new Emitter<{ roster: number }>()
    const heard: string[] = []
    const shown: unknown[] = []
    const { reportError } = globalThis
    globalThis.reportError = (error) => void shown.push(error)
    emitter.on('roster', () => {
      remove()
      throw new Error('broken')
    })
    const remove = emitter.on('roster', () => heard.push('removed'))
    emitter.on('roster', () => heard.push('last'))
    emitter.emit('roster', 1)
    emitter.emit('roster', 2)
    globalThis.reportError = reportError
    expect(heard).toEqual(['last', 'last'])
    expect(shown).toHaveLength(2)
  })
})
