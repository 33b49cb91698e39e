/**
 * The programs that run inside the lab's internet: coturn, the signalling server, and peers, each in a process of its own. A peer is
 * peer/peer.ts, bundled once. It prints one line of JSON for each thing that happened.
 */
import { type ChildProcess, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { Internet, type LabHost, MIDDLE, SERVERS, SIGNALING_PORT, STUN_PORT, TURN_SECRET } from './internet.ts'
import { placeOf } from './places.ts'

/** How a join ended. `route` is null when there was none. */
export interface Joined {
  readonly reason: 'joined' | (string & {})
  readonly detail: string
  readonly route: 'direct' | 'turn' | 'relayed' | null
  /** From asking to join to being in the lobby, and to the first view with an entity, in ms; for a refusal: to the refusal. */
  readonly lobbyMs: number
  readonly ms: number
}

/** What STUN says of a place. */
export interface Mapping {
  /** Whether two destinations see the same port; null: no answer at all. */
  readonly sameForAll: boolean | null
  /** Whether somebody answers through whom nothing was sent to. */
  readonly openForAll: boolean
}

/** How long a peer may take to say what happened, ms: the deadline of a join, and a slow machine. */
const ANSWER_WITHIN_MS = 40_000

/** `with-turn`: as an operator runs it who follows our guide. */
export type Service = 'with-turn' | 'stun-only'

export class Lab {
  readonly internet = new Internet()
  readonly #folder = mkdtempSync(join(tmpdir(), 'sw-lab-'))
  readonly #program = resolve('.cache/run-peer/peer.mjs')

  /** Builds the middle, and starts the servers there. */
  static async open(service: Service = 'with-turn'): Promise<Lab> {
    const lab = new Lab()
    try {
      lab.#bundle()
      lab.#startTurn()
      await lab.#startSignaling(service)
      return lab
    } catch (error) {
      lab.close()
      throw error
    }
  }

  addHost(place: string): LabHost {
    return this.internet.add(placeOf(place))
  }

  /** A host of a running match. */
  async host(at: LabHost): Promise<{ code: string; stop(): void }> {
    const child = this.#peer(at.namespace, 'host')
    const { code } = await firstLine<{ code: string }>(child, `the host at ${at.place.name}`)
    return { code, stop: () => void child.kill('SIGKILL') }
  }

  async join(at: LabHost, code: string): Promise<Joined> {
    const child = this.#peer(at.namespace, 'join', code)
    try {
      return await firstLine<Joined>(child, `the guest at ${at.place.name}`)
    } finally {
      child.kill('SIGKILL')
    }
  }

  async mapping(at: LabHost): Promise<Mapping> {
    const child = this.#peer(at.namespace, 'stun')
    return firstLine<Mapping>(child, `the probe at ${at.place.name}`)
  }

  close(): void {
    this.internet.close()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #bundle(): void {
    const { status, stderr } = spawnSync(process.execPath, ['.ci/run-ts.mjs', 'test/lab/peer/peer.ts', 'built'], {
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(`The lab's peer cannot be built: ${stderr}`)
  }

  #peer(namespace: string, ...args: string[]): ChildProcess {
    const run = `import(${JSON.stringify(this.#program)}).then((peer) => peer.runCommandLine(process.argv.slice(1)))`
    return this.internet.spawn(namespace, process.execPath, '--input-type=module', '-e', run, ...args)
  }

  #startTurn(): void {
    const listen = SERVERS.turn.addresses.flatMap((address) => [`--listening-ip=${address}`])
    const relay = [SERVERS.turn.addresses[0], SERVERS.turn.addresses[2]].map((address) => `--relay-ip=${address}`)
    const child = this.internet.spawn(
      MIDDLE,
      'turnserver',
      ...['-n', '--no-cli', '--no-tls', '--no-dtls', '--fingerprint', '--simple-log', '--log-file=stdout'],
      ...[`--listening-port=${STUN_PORT}`, ...listen, ...relay, '--realm=sw.test'],
      ...['--use-auth-secret', `--static-auth-secret=${TURN_SECRET}`],
      ...[`--pidfile=${join(this.#folder, 'turn.pid')}`, `--userdb=${join(this.#folder, 'turn.db')}`],
    )
    // A full pipe would stop it.
    child.stdout?.resume()
    child.stderr?.resume()
  }

  async #startSignaling(service: Service): Promise<void> {
    await firstLine(this.#peer(MIDDLE, 'signaling', service), 'the signalling server')
  }
}

/** Where peers find the signalling server. */
export const SIGNALING_URL = `ws://${SERVERS.signaling.name}:${SIGNALING_PORT}/starwire`

/** The first line that a child prints, read as JSON. @throws Error when it ends or is silent for too long. */
function firstLine<T>(child: ChildProcess, who: string): Promise<T> {
  return new Promise((done, fail) => {
    let said = ''
    const stop = setTimeout(
      () => fail(new Error(`${who} said nothing within ${ANSWER_WITHIN_MS} ms. ${said}`)),
      ANSWER_WITHIN_MS,
    )
    child.stderr?.on('data', (bytes) => {
      said = `${said}${bytes}`.slice(-2000)
    })
    child.once('close', () => {
      clearTimeout(stop)
      fail(new Error(`${who} ended without an answer. ${said}`))
    })
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      if (!line.startsWith('{')) return
      clearTimeout(stop)
      done(JSON.parse(line) as T)
    })
  })
}
