/** What operators start from: compose.yaml and what it mounts, held against what the server reads. */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { iceServersFromEnvironment } from '../../../net/server.ts'
import { readRedisAddress } from '../../../net/signaling/server/redis/redis-address.ts'
import { readSettings } from '../../../src/server/settings.ts'

const repository = fileURLToPath(new URL('../../../', import.meta.url))
const read = (path: string): string => readFileSync(`${repository}${path}`, 'utf8')

interface Service {
  image?: string
  build?: string
  command?: string[]
  environment?: Record<string, string>
  networks?: string[]
  network_mode?: string
  ports?: string[]
  volumes?: string[]
  depends_on?: string[]
  stop_grace_period?: string
}
interface Compose {
  services: Record<string, Service>
  networks: Record<string, unknown>
  volumes: Record<string, unknown>
}

const text = read('compose.yaml')
const { services, networks, volumes } = parse(text, { merge: true }) as Compose

/** With what an operator sets. */
const given: Record<string, string> = {
  ...{ DOMAIN: 'play.example.org', PUBLIC_IP: '203.0.113.7', STARWIRE_SECRET: 's', TURN_SECRET: 't' },
}
const filled = (value: string): string =>
  value.replace(/\$\{(\w+)(?::\?[^}]*)?\}/g, (_, name) => given[name] ?? `?${name}?`)
const environmentOf = (service: Service): Record<string, string> =>
  Object.fromEntries(Object.entries(service.environment ?? {}).map(([name, value]) => [name, filled(value)]))

describe('compose.yaml', () => {
  it('starts two processes of the service, Redis, a TURN server and Caddy, from what is there', () => {
    expect(Object.keys(services).sort()).toEqual(['caddy', 'coturn', 'process1', 'process2', 'redis'])
    for (const [name, service] of Object.entries(services)) {
      expect(service.image ?? service.build, name).toBeDefined()
      for (const other of service.depends_on ?? []) expect(services).toHaveProperty(other)
      for (const network of service.networks ?? []) expect(networks).toHaveProperty(network)
      for (const volume of service.volumes ?? []) {
        const [source = ''] = volume.split(':')
        if (source.startsWith('.')) expect(existsSync(`${repository}${source}`), source).toBe(true)
        else expect(volumes).toHaveProperty(source)
      }
    }
  })

  it('asks for all that has no default, and says what each is', () => {
    const asked = [...text.matchAll(/\$\{(\w+)(:\?)?/g)].map(([, name = '']) => name)
    expect([...new Set(asked)].sort()).toEqual(Object.keys(given).sort())
    for (const name of new Set(asked)) {
      expect(text, name).toMatch(new RegExp(`\\$\\{${name}:\\?`))
      expect(text.slice(0, text.indexOf('name:')), name).toContain(name)
    }
  })

  it('sets what the server reads, and nothing that it refuses or does not know', () => {
    const known = new Set(
      read('docs/deploying.md')
        .match(/`(PORT|STARWIRE_\w+)`/g)
        ?.map((name) => name.slice(1, -1)),
    )
    for (const name of ['process1', 'process2']) {
      const environment = environmentOf(services[name] ?? {})
      for (const variable of Object.keys(environment)) expect(known, variable).toContain(variable)
      expect(readSettings(environment)).toMatchObject({
        ...{ port: 8080, trustProxy: true, log: 'json', allowedHosts: ['play.example.org'] },
        ...{ redis: { url: 'redis://redis:6379' }, metrics: { host: '0.0.0.0', port: 9464 } },
      })
      expect(readRedisAddress(environment.STARWIRE_REDIS ?? '')).toEqual({ host: 'redis', port: 6379 })
      const [stun, turn] = iceServersFromEnvironment(environment)(0)
      expect(stun?.urls).toEqual(['stun:play.example.org:3478'])
      expect(turn?.urls).toEqual(['turn:play.example.org:3478', 'turn:play.example.org:3478?transport=tcp'])
    }
    const [one, other] = [services.process1, services.process2].map((service = {}) => {
      const { STARWIRE_PEER_URL: peerUrl = '', ...rest } = environmentOf(service)
      return { service: { ...service, environment: rest }, peerUrl }
    })
    expect(one?.service).toEqual(other?.service)
    // By these they carry each other's relayed pages; Caddy's network has both names.
    expect([one?.peerUrl, other?.peerUrl]).toEqual(['ws://process1:8080', 'ws://process2:8080'])
  })

  it('gives a process that stops more time than its pages have, and publishes neither it, nor Redis, nor metrics', () => {
    expect(Number.parseInt(services.process1?.stop_grace_period ?? '', 10)).toBeGreaterThan(30)
    const published = Object.entries(services).filter(([, { ports }]) => ports)
    expect(published.map(([name, { ports }]) => [name, ports])).toEqual([
      ['caddy', ['80:80', '443:443', '443:443/udp']],
    ])
  })

  it('has a Redis that keeps all keys, and a TURN server with the secret of the processes that reaches no inner network', () => {
    const redis = services.redis?.command ?? []
    expect(redis[redis.indexOf('--maxmemory-policy') + 1]).toBe('noeviction')
    const coturn = (services.coturn?.command ?? []).map(filled)
    expect(coturn).toContain('--static-auth-secret=t')
    expect(environmentOf(services.process1 ?? {}).STARWIRE_TURN_SECRET).toBe('t')
    for (const inner of ['10.', '127.', '169.254.', '172.16.', '192.168.'])
      expect(
        coturn.some((option) => option.startsWith(`--denied-peer-ip=${inner}`)),
        inner,
      ).toBe(true)
  })
})

describe('the Caddyfile', () => {
  const caddy = read('deploy/Caddyfile')

  it('leads to both processes on their port, and asks each whether it is ready', () => {
    const [, upstreams = ''] = /reverse_proxy ([^{]+)\{/.exec(caddy) ?? []
    expect(upstreams.trim().split(/\s+/)).toEqual(['process1:8080', 'process2:8080'])
    expect(caddy).toContain('health_uri /readyz')
    expect(caddy).toContain('lb_try_duration')
  })

  it('closes every bracket that it opens', () => {
    expect(caddy.match(/\{(?!\$)/g)?.length).toBe((caddy.match(/^\s*\}\s*$/gm) ?? []).length)
  })
})
