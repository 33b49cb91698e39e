/** Reads the address of a Redis, as an operator writes it into STARWIRE_REDIS, into options for ioredis. */
import type { RedisOptions } from 'ioredis'

/** What an address says. */
export type RedisTarget = Pick<
  RedisOptions,
  | 'host'
  | 'port'
  | 'username'
  | 'password'
  | 'db'
  | 'tls'
  | 'sentinels'
  | 'name'
  | 'sentinelUsername'
  | 'sentinelPassword'
>

const DEFAULT_PORT = 6379
const DEFAULT_SENTINEL_PORT = 26_379

const FORMS =
  'redis://[user:password@]host[:port][/db], rediss:// for TLS, or redis+sentinel://[user:password@]host:port,host:port/name[/db]'

/**
 * `redis:` and `rediss:` (TLS) with user, password, port and database. `redis+sentinel:` and `rediss+sentinel:` name the
 * sentinels, with commas between, and the master's name; user and password are Redis's, and the sentinels' as well when
 * `?sentinelPassword=` (and `&sentinelUsername=`) say so.
 * @throws Error with a sentence for the operator, which repeats no password.
 */
export function readRedisAddress(text: string): RedisTarget {
  const [, scheme = '', rest = ''] = /^(rediss?(?:\+sentinel)?):\/\/(.+)$/.exec(text.trim()) ?? []
  if (rest === '') throw new Error(`STARWIRE_REDIS is no address of a Redis: write it as ${FORMS}.`)
  const [, login, hosts = '', path = '', query = ''] = /^(?:(.*)@)?([^/?]+)(\/[^?]*)?(\?.*)?$/.exec(rest) ?? []
  const tls = scheme.startsWith('rediss') ? { tls: {} } : {}
  const parts = path.split('/').filter((part) => part !== '')
  const common = { ...loginOf(login), ...tls }
  if (!scheme.endsWith('+sentinel')) {
    const [place] = placesOf(hosts, DEFAULT_PORT)
    return { ...place, ...common, ...dbOf(parts[0]) }
  }
  const [name, db] = parts
  if (name === undefined) throw new Error(`STARWIRE_REDIS names no master of its sentinels: write it as ${FORMS}.`)
  const sentinel = new URLSearchParams(query)
  const sentinelUsername = sentinel.get('sentinelUsername')
  const sentinelPassword = sentinel.get('sentinelPassword')
  return {
    ...{ sentinels: placesOf(hosts, DEFAULT_SENTINEL_PORT), name: decodeURIComponent(name), ...common, ...dbOf(db) },
    ...(sentinelUsername !== null && { sentinelUsername }),
    ...(sentinelPassword !== null && { sentinelPassword }),
  }
}

function loginOf(login: string | undefined): Pick<RedisTarget, 'username' | 'password'> {
  if (login === undefined) return {}
  const [user = '', ...password] = login.split(':')
  return {
    ...(user !== '' && { username: decodeURIComponent(user) }),
    ...(password.length > 0 && { password: decodeURIComponent(password.join(':')) }),
  }
}

function dbOf(text: string | undefined): Pick<RedisTarget, 'db'> {
  if (text === undefined) return {}
  if (!/^\d{1,4}$/.test(text)) throw new Error(`STARWIRE_REDIS names the database "${text}": it is a number from 0 on.`)
  return { db: Number(text) }
}

function placesOf(hosts: string, defaultPort: number): { host: string; port: number }[] {
  return hosts.split(',').map((each) => {
    const [, inBrackets, name, port] = /^(?:\[([\da-f:]+)\]|([\w.-]+))(?::(\d{1,5}))?$/i.exec(each) ?? []
    const host = inBrackets ?? name
    if (host === undefined || Number(port ?? 1) > 65_535)
      throw new Error(`STARWIRE_REDIS has a host that is none: write it as ${FORMS}.`)
    return { host, port: port === undefined ? defaultPort : Number(port) }
  })
}
