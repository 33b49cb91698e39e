/**
 * The programs that run inside the lab's internet: coturn, the signalling server, and peers, each in a process of its own. A peer is
 * peer/peer.ts, bundled once. It prints one line of JSON for each thing that happened.
 */
import { type ChildProcess, execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { SERVERS, SIGNALING_PORT, type SignalingPort, STUN_PORT, TURN_SECRET } from './addresses.ts'
import { buildPage, type LabBrowser, openBrowser } from './browsers.ts'
import { Internet, type LabHost } from './internet.ts'
import type { Joined } from './joining.ts'
import { MIDDLE } from './middle.ts'
import { placeOf } from './places.ts'
import type { Played } from './playing.ts'

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

export interface LabOptions {
  /** Default `with-turn`. */
  readonly service?: Service | undefined
  /** Of a line, from a host to the middle or back, in ms: two hosts are twice as far from each other. Default: as fast as the machine. */
  readonly delayMs?: number | undefined
  /** Whether there are pages, in real browsers. Default false. */
  readonly pages?: boolean
}

/** Who plays: a process of Node, or a page in a browser. */
export type WhoPlays = 'node' | 'pages'

/** A guest that plays on until it is closed. */
export interface LabGuest {
  /** What happened since the last question. */
  told(): Promise<Played>
  close(): Promise<void>
}

export class Lab {
  readonly internet: Internet
  readonly #delayMs: number | null
  #lines: ChildProcess | null = null
  readonly #folder = mkdtempSync(join(tmpdir(), 'sw-lab-'))
  readonly #pageFolder = join(this.#folder, 'page')
  readonly #program = resolve('.cache/run-peer/peer.mjs')

  /** Builds the middle, and starts the servers there. */
  static async open({ service = 'with-turn', delayMs, pages = false }: LabOptions = {}): Promise<Lab> {
    const lab = new Lab(delayMs ?? null)
    try {
      lab.#startTurn()
      await lab.#bundle()
      if (pages) await buildPage(lab.#pageFolder)
      await Promise.all([lab.#startSignaling(service), lab.#openLines()])
      return lab
    } catch (error) {
      lab.close()
      throw error
    }
  }

  private constructor(delayMs: number | null) {
    this.#delayMs = delayMs
    this.internet = new Internet(delayMs !== null)
  }

  addHost(place: string): LabHost {
    const host = this.internet.add(placeOf(place))
    const { narrow } = host.place
    if (narrow) this.#lines?.stdin?.write(`${host.address} ${narrow.delayMs}\n`)
    return host
  }

  /** Of all lines but those of narrow places; the lab was opened with a delay. */
  setDelay(ms: number): void {
    this.#lines?.stdin?.write(`all ${ms}\n`)
  }

  /** A host of a running match. */
  async host(at: LabHost, port: SignalingPort = SIGNALING_PORT): Promise<{ code: string; stop(): void }> {
    const child = this.#peer(at.namespace, 'host', String(port))
    const { code } = await firstLine<{ code: string }>(child, `the host at ${at.place.name}`)
    return { code, stop: () => void child.kill('SIGKILL') }
  }

  async join(at: LabHost, code: string, port: SignalingPort = SIGNALING_PORT): Promise<Joined> {
    const child = this.#peer(at.namespace, 'join', code, String(port))
    try {
      return await firstLine<Joined>(child, `the guest at ${at.place.name}`)
    } finally {
      child.kill('SIGKILL')
    }
  }

  /** A host of a match of drift.ts. */
  async hostDrift(at: LabHost, who: WhoPlays): Promise<{ code: string; close(): Promise<void> }> {
    if (who === 'pages') {
      const browser = await this.browser(at)
      const page = await browser.open()
      return { code: await page.evaluate(() => window.lab.hostDrift()), close: () => browser.close() }
    }
    const child = this.#peer(at.namespace, 'host-drift')
    const { code } = await firstLine<{ code: string }>(child, `the host at ${at.place.name}`)
    return { code, close: async () => void child.kill('SIGKILL') }
  }

  /** A guest of such a match. */
  async play(at: LabHost, code: string, who: WhoPlays): Promise<LabGuest> {
    if (who === 'pages') {
      const browser = await this.browser(at)
      const page = await browser.open()
      await page.evaluate((given) => window.lab.play(given), code)
      return { told: () => page.evaluate(() => window.lab.told()), close: () => browser.close() }
    }
    const child = this.#peer(at.namespace, 'play', code)
    const answers = new Answers(child, `the guest at ${at.place.name}`)
    await answers.next()
    const told = (): Promise<Played> => {
      child.stdin?.write('\n')
      return answers.next<Played>()
    }
    return { told, close: async () => void child.kill('SIGKILL') }
  }

  /** A browser at a place; the lab was opened with `pages`. Close it before the lab. */
  browser(at: LabHost): Promise<LabBrowser> {
    return openBrowser(at, this.#folder)
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

  async #bundle(): Promise<void> {
    const args = ['.ci/run-ts.mjs', 'test/lab/peer/peer.ts', 'built']
    await promisify(execFile)(process.execPath, args)
  }

  #peer(namespace: string, ...args: string[]): ChildProcess {
    return this.internet.spawn(namespace, process.execPath, ...this.#run(), ...args)
  }

  #run(): string[] {
    const run = `import(${JSON.stringify(this.#program)}).then((peer) => peer.runCommandLine(process.argv.slice(1)))`
    return ['--input-type=module', '-e', run]
  }

  async #openLines(): Promise<void> {
    if (this.#delayMs === null) return
    this.#lines = this.internet.openLines(process.execPath, ...this.#run(), 'lines', String(this.#delayMs))
    await firstLine(this.#lines, 'the process of the lines')
    this.internet.linesAreOpen()
  }

  #startTurn(): void {
    const listen = SERVERS.turn.addresses.flatMap((address) => [`--listening-ip=${address}`])
    const relay = [SERVERS.turn.addresses[0], SERVERS.turn.addresses[2]].map((address) => `--relay-ip=${address}`)
    const child = this.internet.spawn(
      MIDDLE,
      'turnserver',
      ...['-n', '--no-cli', '--no-tls', '--no-dtls', '--fingerprint', '--simple-log', '--log-file=stdout'],
      ...[`--listening-port=${STUN_PORT}`, ...listen, ...relay, '--realm=sw.test'],
      // On port 443 as well, which is where firewalls let people out.
      ...[`--aux-server=${SERVERS.turn.addresses[0]}:443`, `--aux-server=[${SERVERS.turn.addresses[2]}]:443`],
      ...['--use-auth-secret', `--static-auth-secret=${TURN_SECRET}`],
      ...[`--pidfile=${join(this.#folder, 'turn.pid')}`, `--userdb=${join(this.#folder, 'turn.db')}`],
    )
    // A full pipe would stop it.
    child.stdout?.resume()
    child.stderr?.resume()
  }

  async #startSignaling(service: Service): Promise<void> {
    await firstLine(this.#peer(MIDDLE, 'signaling', service, this.#pageFolder), 'the signalling server')
  }
}

/** The first line that a child prints, read as JSON. @throws Error when it ends or is silent for too long. */
function firstLine<T>(child: ChildProcess, who: string): Promise<T> {
  return new Answers(child, who).next<T>()
}

/** What a child prints, a line of JSON at a time. */
class Answers {
  readonly #who: string
  #said = ''
  #answered: ((line: string) => void) | null = null
  #failed: ((error: Error) => void) | null = null
  #end: string | null = null

  constructor(child: ChildProcess, who: string) {
    this.#who = who
    child.stderr?.on('data', (bytes) => {
      this.#said = `${this.#said}${bytes}`.slice(-2000)
    })
    child.once('close', () => this.#fail('ended without an answer'))
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      if (line.startsWith('{')) this.#answered?.(line)
    })
  }

  /** The next line. One is waited for at a time. @throws Error when the child ends or is silent for too long. */
  async next<T>(): Promise<T> {
    if (this.#end !== null) throw new Error(this.#end)
    const stop = setTimeout(() => this.#fail(`said nothing within ${ANSWER_WITHIN_MS} ms`), ANSWER_WITHIN_MS)
    try {
      return JSON.parse(
        await new Promise<string>((answered, failed) => {
          this.#answered = answered
          this.#failed = failed
        }),
      )
    } finally {
      clearTimeout(stop)
    }
  }

  #fail(why: string): void {
    this.#end = `${this.#who} ${why}. ${this.#said}`
    this.#failed?.(new Error(this.#end))
  }
}
