/** What one direction of a simulated link does to packets; every figure is checked, because a wrong one fails silently. */

import { checkNames, describeGiven } from '../../world/given.ts'

/** Times in ms; shares from 0 to 1. What is left out does nothing. */
export interface LinkConditions {
  /** One-way delay, ms. Default 0. */
  readonly latencyMs?: number
  /** Standard deviation of the delay, ms; each packet's own, so it also reorders; never below no delay at all. Default 0. */
  readonly jitterMs?: number
  /** Share of packets that are lost, each for itself. Default 0. */
  readonly loss?: number
  /** Share of packets that arrive twice. SCTP would drop the copy: here the state lane hears it, so that its reader is put to the test. Default 0. */
  readonly duplicate?: number
  /** Loss in bursts of time. */
  readonly burst?: BurstLoss
  /** Some packets take longer and are overtaken. */
  readonly reorder?: Reordering
  /** Some packets are held up, and everything behind them too, in order: as Wi-Fi does it. */
  readonly stall?: Stalling
  /** The narrowest place of the path, with the queue in front of it. */
  readonly bottleneck?: Bottleneck
}

/** The model of Gilbert and Elliott, in time rather than in packets: while it is bad, everything is lost. */
export interface BurstLoss {
  /** Share of the time that is bad, below 1. */
  readonly share: number
  /** Mean length of a burst, ms, above 0. */
  readonly meanMs: number
}

export interface Reordering {
  /** Share of packets that are delayed. */
  readonly share: number
  /** By how much more than the others, ms. */
  readonly byMs: number
}

export interface Stalling {
  /** Share of packets that are held up. */
  readonly share: number
  /** For how long, ms. */
  readonly ms: number
}

/** A drop-tail queue: what does not fit any more is lost. */
export interface Bottleneck {
  /** Above 0. */
  readonly bitsPerSecond: number
  /** What may wait or be on its way through, in bytes with overhead; above 0. */
  readonly queueBytes: number
  /** Added to the payload of each packet. Default 93: IPv4 20 + UDP 8 + DTLS 37 + SCTP 12 + one data chunk's head 16. */
  readonly overheadBytes?: number
}

/**
 * How packets go. `direct`: from page to page, as WebRTC's data channels. `relay`: by TCP through the signalling server. Then all is
 * delivered, in order, and what is lost holds up what is behind it; the state lane waits for credit.
 */
export type SimulatedRoute = 'direct' | 'relay'

/** The same conditions both ways, or each way its own. `route`: default `direct`. */
export type NetworkConditions = (
  | LinkConditions
  | { readonly toHost: LinkConditions; readonly toGuest: LinkConditions }
) & { readonly route?: SimulatedRoute }

/** Checked conditions of both directions. */
export interface BothWays {
  readonly toHost: LinkConditions
  readonly toGuest: LinkConditions
  /** Undefined where none was given. */
  readonly route: SimulatedRoute | undefined
}

/** IPv4 20 + UDP 8 + DTLS record 13 + AES-GCM 24 + SCTP 12 + the head of one data chunk 16. */
export const PACKET_OVERHEAD_BYTES = 93

/** Both directions, checked. @throws RangeError that names the figure which is out of range, TypeError for one that there is not. */
export function bothWays(network: NetworkConditions): BothWays {
  const isObject = typeof network === 'object' && network !== null
  const hasRoute = isObject && 'route' in network
  const { route, ...conditions } = hasRoute ? network : ({} as { route?: undefined })
  checkRoute('network.route', route)
  const given: object = hasRoute ? conditions : network
  const apart = isObject && ('toHost' in given || 'toGuest' in given)
  if (apart) checkNames('network', given, ['toHost', 'toGuest'])
  const both = (apart ? given : { toHost: given, toGuest: given }) as Pick<BothWays, 'toHost' | 'toGuest'>
  checkConditions(both.toHost, apart ? 'network.toHost' : 'network')
  checkConditions(both.toGuest, apart ? 'network.toGuest' : 'network')
  return { toHost: both.toHost, toGuest: both.toGuest, route }
}

/** @throws RangeError for a route that there is not. */
export function checkRoute(name: string, route: SimulatedRoute | undefined): void {
  if (route === undefined || route === 'direct' || route === 'relay') return
  throw new RangeError(`${name} is 'direct' or 'relay', not ${describeGiven(route)}.`)
}

/** What each group of figures is made of. */
const NAMES = {
  link: ['latencyMs', 'jitterMs', 'loss', 'duplicate', 'burst', 'reorder', 'stall', 'bottleneck'],
  burst: ['share', 'meanMs'],
  reorder: ['share', 'byMs'],
  stall: ['share', 'ms'],
  bottleneck: ['bitsPerSecond', 'queueBytes', 'overheadBytes'],
}

/** @throws RangeError that names the figure which is out of range, TypeError for one that there is not. */
export function checkConditions(conditions: LinkConditions, name = 'network'): void {
  checkNames(name, conditions, NAMES.link)
  for (const group of ['burst', 'reorder', 'stall'] as const)
    if (conditions[group] !== undefined) checkNames(`${name}.${group}`, conditions[group], NAMES[group])
  const { latencyMs, jitterMs, loss, duplicate, burst, reorder, stall, bottleneck } = conditions
  checkTime('latencyMs', latencyMs === undefined ? 0 : latencyMs)
  checkTime('jitterMs', jitterMs === undefined ? 0 : jitterMs)
  checkShare('loss', loss === undefined ? 0 : loss)
  checkShare('duplicate', duplicate === undefined ? 0 : duplicate)
  if (burst) {
    checkShare('burst.share', burst.share)
    if (burst.share === 1) throw new RangeError('burst.share must be below 1; loss: 1 loses everything.')
    checkPositive('burst.meanMs', burst.meanMs)
  }
  if (reorder) {
    checkShare('reorder.share', reorder.share)
    checkTime('reorder.byMs', reorder.byMs)
  }
  if (stall) {
    checkShare('stall.share', stall.share)
    checkTime('stall.ms', stall.ms)
  }
  if (bottleneck !== undefined) checkBottleneck('bottleneck', bottleneck)
}

/** @throws RangeError that names the figure which is out of range. */
export function checkBottleneck(name: string, bottleneck: Bottleneck): void {
  checkNames(name, bottleneck, NAMES.bottleneck)
  const { bitsPerSecond, queueBytes, overheadBytes } = bottleneck
  checkPositive(`${name}.bitsPerSecond`, bitsPerSecond)
  checkPositive(`${name}.queueBytes`, queueBytes)
  if (overheadBytes !== undefined) checkFinite(`${name}.overheadBytes`, overheadBytes, 'a number of bytes, 0 or more')
}

/** A span of virtual time, ms. @throws RangeError when it is negative or no number. */
export function checkTime(name: string, value: number): void {
  checkFinite(name, value, 'a time in ms, 0 or more')
}

/** A text is no number, although JavaScript compares it as one. */
function isWithin(value: unknown, least: number, most: number): boolean {
  return typeof value === 'number' && value >= least && value <= most
}

function checkFinite(name: string, value: number, what: string): void {
  if (isWithin(value, 0, Number.MAX_VALUE)) return
  throw new RangeError(`${name} is ${what}, not ${describeGiven(value)}.`)
}

function checkShare(name: string, value: number): void {
  if (isWithin(value, 0, 1)) return
  throw new RangeError(`${name} is a share from 0 to 1, not ${describeGiven(value)}. Five percent are 0.05.`)
}

function checkPositive(name: string, value: number): void {
  if (isWithin(value, Number.MIN_VALUE, Number.MAX_VALUE)) return
  throw new RangeError(`${name} is a number above 0, not ${describeGiven(value)}.`)
}
