import { type MediaRefusal, mediaSentences, type PlayerId } from 'starwire'
import { describe, expect, it } from 'vitest'
import { speak, texts } from '../../../game/languages/language.ts'
import { deskOf } from '../../../src/call/desk.ts'
import { hearPlaces } from '../../../src/call/ears.ts'
import { FakeLobby } from '../../browser/fixtures/page/fake-doors.ts'

function callIn(): { lobby: FakeLobby; bea: PlayerId; desk: ReturnType<typeof deskOf> } {
  const lobby = new FakeLobby('K7M2P', 'Ann', true)
  return { lobby, bea: lobby.add('Bea'), desk: deskOf(lobby) }
}

function toldOf(desk: ReturnType<typeof deskOf>): { sentence: string; aboutDevice: boolean } {
  const { sentence, aboutDevice } = desk.told.voice
  return { sentence: sentence(), aboutDevice }
}

describe('a call', () => {
  it('begins with nothing: who opens it has asked for neither microphone nor camera', async () => {
    const { lobby, desk } = callIn()
    await desk.listDevices()
    expect([lobby.voice.state, lobby.video.state, lobby.voice.options]).toEqual(['off', 'off', {}])
  })

  it.each(['no-permission', 'no-device', 'device-busy', 'insecure-context'] satisfies MediaRefusal[])(
    'without a microphone (%s) says what to do, and still offers to listen',
    async (refusal) => {
      const { lobby, desk } = callIn()
      lobby.voice.refusal = refusal
      await desk.joinVoice()
      expect(toldOf(desk)).toEqual({ sentence: mediaSentences[refusal], aboutDevice: true })
      lobby.voice.refusal = null
      await desk.joinVoice('listen')
      expect(lobby.voice.options.listenOnly).toBe(true)
      expect(toldOf(desk)).toEqual({ sentence: '', aboutDevice: false })
    },
  )

  it('that is full says so, and offers no listening, which would be refused, too', async () => {
    const { lobby, desk } = callIn()
    lobby.voice.refusal = 'full'
    await desk.joinVoice()
    expect(toldOf(desk)).toEqual({ sentence: mediaSentences.full, aboutDevice: false })
  })

  it('tells of an unplugged microphone, by name of a player who cannot be reached, and nothing more after leaving', async () => {
    const { lobby, bea, desk } = callIn()
    await desk.joinVoice('open')
    lobby.voice.fail('device-lost')
    expect(desk.told.voice.sentence()).toMatch(/is gone/)
    lobby.voice.fail('no-route', bea)
    expect(desk.told.voice.sentence()).toMatch(/^Bea: No connection/)
    desk.leaveVoice()
    expect(desk.told.voice.sentence()).toBe('')
  })

  it('tells what went wrong in the language of now', async () => {
    const { lobby, bea, desk } = callIn()
    await desk.joinVoice('open')
    lobby.voice.fail('no-route', bea)
    await speak('de')
    expect(desk.told.voice.sentence()).toBe(`Bea: ${texts.mediaProblems['no-route']}`)
    await speak('en')
    expect(desk.told.voice.sentence()).toMatch(/^Bea: No connection/)
  })

  it('is silent once the key is up or voice is over, whatever was held when it began', async () => {
    const { lobby, desk } = callIn()
    desk.talk(true)
    expect(desk.talking).toBe(false)
    await desk.joinVoice('push')
    desk.talk(true)
    expect([desk.talking, lobby.voice.talking]).toEqual([true, true])
    desk.talk(false)
    expect([desk.talking, lobby.voice.talking]).toEqual([false, false])
    desk.talk(true)
    lobby.end('kicked')
    expect([desk.talking, lobby.voice.talking, lobby.voice.state]).toEqual([false, false, 'off'])
  })

  it('with an open microphone takes no notice of the key', async () => {
    const { lobby, desk } = callIn()
    await desk.joinVoice('open')
    desk.talk(true)
    expect([desk.talking, lobby.voice.talking]).toEqual([false, false])
  })

  it('hears voices from their ships while the match is shown, and from the middle before, after, and when that is off', async () => {
    const { lobby, bea, desk } = callIn()
    await desk.joinVoice('open')
    const { position } = lobby.voice.options
    expect(position?.(bea)).toBeNull()
    const end = hearPlaces(lobby, (player) => (player === bea ? { x: 1, y: 2 } : null))
    expect([position?.(bea), position?.(lobby.me)]).toEqual([{ x: 1, y: 2 }, null])
    desk.setByDistance(false)
    expect(position?.(bea)).toBeNull()
    desk.setByDistance(true)
    // The next match begins before the page has let go of the last one.
    hearPlaces(lobby, () => ({ x: 3, y: 4 }))
    end()
    expect(position?.(bea)).toEqual({ x: 3, y: 4 })
  })
})
