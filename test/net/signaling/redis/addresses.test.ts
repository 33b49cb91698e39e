/** The forms of STARWIRE_REDIS against real servers: TLS with a certificate of our own making, and sentinels that change the master. */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { connectRedis } from '../../../../net/redis.ts'
import { freePort } from '../free-port.ts'
import { until } from '../support.ts'
import { type RedisProcess, startRedis } from './redis-process.ts'
import { newPrefix, untilReady } from './support.ts'

const lobby = { code: 'K7DPX', id: 'one', holder: 'process0.host', term: 1 }
const folder = mkdtempSync(join(tmpdir(), 'sw-redis-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function open(url: string) {
  const warnings: string[] = []
  const service = connectRedis({ url, prefix: newPrefix(), warn: (sentence) => void warnings.push(sentence) })
  onTestFinished(() => service.close())
  return { service, warnings }
}

const hasOpenssl = spawnSync('openssl', ['version']).status === 0

describe.skipIf(!hasOpenssl)(
  `a Redis that speaks TLS${hasOpenssl ? '' : ' (skipped: there is no openssl here)'}`,
  () => {
    const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')]
    let redis: RedisProcess
    let at: string
    beforeAll(async () => {
      execFileSync('openssl', [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
        ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
        ...['-keyout', key, '-out', certificate],
      ])
      const port = await freePort()
      const tls = ['--tls-port', `${port}`, '--tls-cert-file', certificate, '--tls-key-file', key]
      redis = await startRedis(
        ...tls,
        '--tls-ca-cert-file',
        certificate,
        '--tls-auth-clients',
        'no',
        '--requirepass',
        'p4ss',
      )
      at = `localhost:${port}`
    })
    afterAll(() => redis.stop())

    /** As NODE_EXTRA_CA_CERTS does, which a process reads once. */
    function trust(): void {
      const tls = createRequire(import.meta.url)('node:tls') as typeof import('node:tls')
      const { connect } = tls
      const trusting = (options: object): unknown => connect({ ...options, ca: readFileSync(certificate) })
      const spy = vi.spyOn(tls, 'connect').mockImplementation(trusting as never)
      onTestFinished(() => spy.mockRestore())
    }

    test('keeps the lobbies of a service that trusts its certificate', async () => {
      trust()
      const { service, warnings } = open(`rediss://:p4ss@${at}`)
      await untilReady(service)
      expect(await service.store.create(lobby, 60_000)).toBe('created')
      expect(await service.store.get(lobby.code)).toMatchObject({ id: 'one' })
      expect(warnings).toEqual([])
    })

    test('is not spoken to with a certificate that nobody vouches for, and the operator reads why, without the password', async () => {
      const { service, warnings } = open(`rediss://:p4ss@${at}`)
      await until(() => warnings.length > 0, 'a warning')
      expect(await service.isReady()).toBe(false)
      expect(warnings[0]).toMatch(/self.signed certificate/)
      expect(warnings.join()).not.toContain('p4ss')
      await expect(service.store.get(lobby.code)).rejects.toThrow()
    })

    test('is no Redis to a service that speaks without TLS', async () => {
      const { service } = open(`redis://:p4ss@${at}`)
      await expect(service.store.get(lobby.code)).rejects.toThrow()
      expect(await service.isReady()).toBe(false)
    })
  },
)

describe('sentinels', { tags: ['long'] }, () => {
  /** A sentinel of its own that watches this master alone. */
  async function sentinelOf(master: RedisProcess): Promise<number> {
    const port = await freePort()
    const file = join(folder, 'sentinel.conf')
    const lines = [
      'monitor mymaster 127.0.0.1 PORT 1',
      'down-after-milliseconds mymaster 500',
      'failover-timeout mymaster 3000',
    ]
    const config = lines.map((line) => `sentinel ${line.replace('PORT', `${master.port}`)}`).join('\n')
    writeFileSync(file, `port ${port}\nbind 127.0.0.1\n${config}\n`)
    const child = spawn(process.env.REDIS_SERVER ?? 'redis-server', [file, '--sentinel'], { stdio: 'ignore' })
    onTestFinished(() => void child.kill('SIGKILL'))
    return port
  }

  /** Until this command, asked again and again, gives a text like that. */
  async function untilSays(port: number, command: string, given: string[], expected: RegExp): Promise<void> {
    const client = new Redis(port, '127.0.0.1')
    client.on('error', () => {})
    onTestFinished(() => client.disconnect())
    let said = ''
    const ask = (): void => {
      client.call(command, ...given).then(
        (answer) => {
          said = JSON.stringify(answer)
        },
        () => {},
      )
    }
    await until(() => expected.test(said) || ask(), `${command} ${expected}`, 20_000)
  }

  test('lead to the master, and to the next one when that dies: lobbies are there still', async () => {
    // Replication writes a file.
    const master = await startRedis('--dir', folder)
    onTestFinished(() => master.stop())
    const replica = await startRedis('--dir', folder, '--replicaof', '127.0.0.1', `${master.port}`)
    onTestFinished(() => replica.stop())
    await untilSays(replica.port, 'info', ['replication'], /master_link_status:up/)
    const port = await sentinelOf(master)
    await untilSays(port, 'sentinel', ['replicas', 'mymaster'], new RegExp(`${replica.port}`))

    const { service } = open(`redis+sentinel://127.0.0.1:${port}/mymaster`)
    await untilReady(service)
    expect(await service.store.create(lobby, 60_000)).toBe('created')
    await master.stop()
    let found: unknown = null
    const look = (): void => {
      service.store.get(lobby.code).then(
        (lobby) => {
          found = lobby
        },
        () => {},
      )
    }
    await until(() => found ?? look(), 'the lobby at the next master', 20_000)
    expect(found).toMatchObject({ id: 'one', holder: 'process0.host' })
    // The replica has become a master, so the service can write there.
    expect(await service.store.create({ ...lobby, code: 'K7DPY', id: 'two' }, 60_000)).toBe('created')
  })
})
