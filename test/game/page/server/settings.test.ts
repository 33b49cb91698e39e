/** What an operator may write into the environment, and what is said about the rest. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { defaultLimits, limitVariable, type SignalingLimits } from '../../../../net/server.ts'
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

describe('a service of many processes', () => {
  test('is none when no Redis is set, and has keys of its own', () => {
    expect(readSettings({ STARWIRE_REDIS: ' ' }).redis).toBeUndefined()
    expect(readSettings({ STARWIRE_REDIS: 'redis://r' }).redis).toEqual({ url: 'redis://r', prefix: 'starwire:' })
    expect(readSettings({ STARWIRE_REDIS: 'redis://r', STARWIRE_REDIS_PREFIX: 'a:' }).redis?.prefix).toBe('a:')
    expect(() => readSettings({ STARWIRE_REDIS: 'redis://r', STARWIRE_REDIS_PREFIX: '* ' })).toThrow(
      'STARWIRE_REDIS_PREFIX',
    )
  })

  test('is measured on a port that only this machine reaches, unless a host is named', () => {
    expect(readSettings({}).metrics).toBeUndefined()
    expect(readSettings({ STARWIRE_METRICS: '9464' }).metrics).toEqual({ host: '127.0.0.1', port: 9464 })
    expect(readSettings({ STARWIRE_METRICS: '[::]:9464' }).metrics).toEqual({ host: '::', port: 9464 })
    expect(() => readSettings({ STARWIRE_METRICS: 'http://x:1' })).toThrow('STARWIRE_METRICS')
    expect(() => readSettings({ STARWIRE_LOG: 'xml' })).toThrow('STARWIRE_LOG')
  })
})

describe('a limit', () => {
  test('is set by its name in capitals; others keep their defaults', () => {
    const { limits } = readSettings({ STARWIRE_LIMIT_JOINS_PER_MINUTE: '7', STARWIRE_LIMIT_LISTED_PER_ADDRESS: ' 0 ' })
    expect(limits).toEqual({ joinsPerMinute: 7, listedPerAddress: 0 })
  })

  test.each(['-1', '1.5', 'many', '1e3'])('is not %j, and the operator reads its default', (text) => {
    expect(() => readSettings({ STARWIRE_LIMIT_SOCKETS: text })).toThrow('leave it out for 20000')
  })

  test('that does not exist is no slip that nobody notices', () => {
    expect(() => readSettings({ STARWIRE_LIMIT_JOIN_PER_MINUTE: '7' })).toThrow(
      'There is no limit STARWIRE_LIMIT_JOIN_PER_MINUTE',
    )
  })

  test('stands in the table of docs/operating.md with its default, and the table has no other', () => {
    const table = readFileSync(new URL('../../../../docs/operating.md', import.meta.url), 'utf8')
    const rows = [...table.matchAll(/^\| `(STARWIRE_LIMIT_[A-Z_]+)` \| [^|]+ \| ([\d,]+) \|$/gm)]
    const listed = Object.fromEntries(rows.map(([, name, value = '']) => [name, Number(value.replaceAll(',', ''))]))
    const limits = Object.entries(defaultLimits).map(([name, value]) => [
      limitVariable(name as keyof SignalingLimits),
      value,
    ])
    expect(listed).toEqual(Object.fromEntries(limits))
  })
})
