/**
 * A small internet of network namespaces on one Linux machine, for root. `sw-net` is its middle: it routes, and the STUN and TURN
 * server and the signalling server run in it. Each host stands in a namespace of its own behind a router in another one.
 * Everything is named `sw-…`, and removed when the lab begins and when it ends, also after a crash. One lab at a time.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { addressesOf, bare, outerAddress } from './addresses.ts'
import { freeLock, removeAll, takeLock } from './leftovers.ts'
import { linesScript, MIDDLE, middleScript, OPEN_TUN } from './middle.ts'
import { overlay } from './names.ts'
import type { Place } from './places.ts'
import { hostScript, routerScript } from './routers.ts'
import { shell } from './shell.ts'

/** A host of the lab: a machine of its own at a place. */
export interface LabHost {
  readonly place: Place
  readonly namespace: string
  readonly number: number
  /** As others see it. */
  readonly address: string
}

/** Another interface of a host, which is down at first, and the router behind it. */
export interface SecondWay {
  readonly device: string
  readonly gateway: string
}

export class Internet {
  readonly #hasLines: boolean
  readonly #children: ChildProcess[] = []
  readonly #onExit = (): void => this.close()
  #hosts = 0

  /**
   * `hasLines`: packets between a host and anything else are led through the device of {@link openLines}, and are lost before it is there.
   * @throws Error when another lab runs, or when a command of the system fails.
   */
  constructor(hasLines = false) {
    this.#hasLines = hasLines
    takeLock()
    removeAll()
    process.on('exit', this.#onExit)
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1))
    shell(middleScript())
    overlay(MIDDLE)
  }

  /** Adds a host at this place, behind a router of its own. */
  add(place: Place): LabHost {
    const number = ++this.#hosts
    const namespace = `sw-${number}`
    shell(hostScript(place, number, this.#hasLines))
    overlay(namespace)
    return { place, namespace, number, address: outerAddress(place, number) }
  }

  /** Gives a host a second way out, by `eth1` and a router of its own: not in use before somebody sets it up. */
  addSecondWay(host: LabHost): SecondWay {
    const number = ++this.#hosts
    shell(routerScript(host.place, number, { host: host.namespace, device: 'eth1' }, this.#hasLines))
    return { device: 'eth1', gateway: bare(addressesOf(host.place, number).home) }
  }

  /** Runs a program in a namespace. It ends with the lab at the latest. */
  spawn(namespace: string, command: string, ...args: string[]): ChildProcess {
    const child = spawn('ip', ['netns', 'exec', namespace, command, ...args], { stdio: ['pipe', 'pipe', 'pipe'] })
    this.#children.push(child)
    return child
  }

  /**
   * Runs a program in the middle that holds the TUN device of the lines, as file descriptor 3. Call `linesAreOpen` when it reads. It is the
   * network, so it goes before all that the machine does besides: else a busy machine would be a slow line.
   */
  openLines(command: string, ...args: string[]): ChildProcess {
    return this.spawn(MIDDLE, 'perl', '-e', OPEN_TUN, 'nice', '-n', '-15', command, ...args)
  }

  linesAreOpen(): void {
    shell(linesScript)
  }

  /** Ends what runs inside and removes all of it. */
  close(): void {
    process.off('exit', this.#onExit)
    for (const child of this.#children) child.kill('SIGKILL')
    removeAll()
    freeLock()
  }

  [Symbol.dispose](): void {
    this.close()
  }
}
