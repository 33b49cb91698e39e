/** What an operator may write into the environment, and what is said about the rest. */
import { describe, expect, test } from 'vitest'
import { readSettings } from '../../../../src/server/settings.ts'

describe('the port', () => {
  test('is 8080 when it is not set, and any port that is', () => {
    expect(readSettings({}).port).toBe(8080)
    expect(readSettings({ PORT: '' }).port).toBe(8080)
    expect(readSettings({ PORT: '80' }).port).toBe(80)
  })

  test.each(['http', '-1', '65536', '80.5', '0x50', ' '])('is not %j, and the operator reads why', (PORT) => {
    expect(() => readSettings({ PORT })).toThrow(/^PORT is ".*", which is no port: set it to a number from 1 to 65535/)
  })
})

describe('the lists and the prefix', () => {
  test('are none when they are not set, and this server’s own pages stay allowed beside others', () => {
    expect(readSettings({ STARWIRE_ORIGINS: ' ', STARWIRE_HOSTS: '' })).toMatchObject({
      base: '/',
      allowedOrigins: undefined,
      allowedHosts: undefined,
      trustProxy: false,
    })
    const origins = readSettings({ STARWIRE_ORIGINS: 'https://a.example, https://b.example,' }).allowedOrigins
    expect(origins).toEqual(['same-host', 'https://a.example', 'https://b.example'])
    expect(readSettings({ STARWIRE_HOSTS: 'play.example.org' }).allowedHosts).toEqual(['play.example.org'])
  })

  test.each(['dogstar', '/dogstar', 'dogstar/', '/dogstar/', '//dogstar//'])(
    'take %j for the prefix /dogstar/',
    (base) => {
      expect(readSettings({ STARWIRE_BASE: base }).base).toBe('/dogstar/')
    },
  )

  test.each(['https://host/dogstar', '/a b/', '/../', '/dogstar?x', '/#'])('refuse %j with a sentence', (base) => {
    expect(() => readSettings({ STARWIRE_BASE: base })).toThrow('is no path: write it as /dogstar/')
  })

  test('know yes and no of a switch in the usual spellings, and refuse the rest', () => {
    expect(readSettings({ STARWIRE_TRUST_PROXY: 'true' }).trustProxy).toBe(true)
    expect(readSettings({ STARWIRE_TRUST_PROXY: '0' }).trustProxy).toBe(false)
    expect(() => readSettings({ STARWIRE_TRUST_PROXY: 'maybe' })).toThrow('STARWIRE_TRUST_PROXY')
  })
})
