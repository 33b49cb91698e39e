import { describe, expect, it } from 'vitest'
import { HeirWatch } from '../../../../net/lobby/migration/heir-watch.ts'
import type { HeirHandlers, HeirSignals } from '../../../../net/signaling/heir.ts'

/** An heir's page, and its connections to a lobby server, by the order in which it opened them. */
function heir() {
  const opened: { readonly key: string; readonly handlers: HeirHandlers; isClosed: boolean }[] = []
  const watch = new HeirWatch({
    connect(key, handlers) {
      const connection = { key, handlers, isClosed: false }
      opened.push(connection)
      const close = (): void => {
        connection.isClosed = true
      }
      return { isForgotten: false, close } as HeirSignals
    },
    hostGone: () => {},
    handed: () => {},
    online: () => {},
  })
  return { watch, opened }
}

describe('the place of an heir at the lobby server', () => {
  it('is asked for again with a key that the server did not know yet, though one of before still tries', () => {
    const { watch, opened } = heir()
    watch.show('before')
    opened[0]!.handlers.online(true)
    // The server is away; another page hosts, and names its heirs once it is back.
    opened[0]!.handlers.online(false)
    watch.show('next')
    opened[1]!.handlers.dismissed(null)
    watch.show('next')
    expect(opened.map(({ key }) => key)).toEqual(['before', 'next', 'next'])
    opened[2]!.handlers.online(true)
    expect([watch.isOnline, opened[0]!.isClosed]).toEqual([true, true])
  })

  it('is not asked for twice with one key', () => {
    const { watch, opened } = heir()
    watch.show('one')
    watch.show('one')
    opened[0]!.handlers.online(true)
    watch.show('one')
    expect(opened).toHaveLength(1)
  })
})
