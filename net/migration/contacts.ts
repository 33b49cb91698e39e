/**
 * When a page heard each member last, and what they said of themselves: when they heard the host, and which voters they know. In go
 * signs of life; out comes who is silent, and who could vote for another host.
 */
import { HOST_QUIET_MS, SILENCE_VOTER_MS } from './election-times.ts'
import type { Voter } from './electorate.ts'

export class Contacts {
  private readonly heard = new Map<Voter, number>()
  private readonly heardHost = new Map<Voter, number>()
  private readonly versions = new Map<Voter, number>()

  /** They play this epoch, have heard the host so long ago, and know this version of the voters. */
  note(member: Voter, now: number, hostSilentMs: number, version: number): void {
    this.heard.set(member, now)
    this.heardHost.set(member, now - hostSilentMs)
    this.versions.set(member, version)
  }

  /** These count as heard now: they are new, or this page slept and knows nothing of who lives. */
  begin(members: readonly Voter[], now: number): void {
    for (const member of members) this.heard.set(member, now)
  }

  /** Another host: what was said of the one before counts no more. */
  beginAnew(members: readonly Voter[], now: number): void {
    this.heardHost.clear()
    this.versions.clear()
    this.begin(members, now)
  }

  forget(member: Voter): void {
    this.heard.delete(member)
  }

  /** Whether anything has come of them since this host began. */
  hasSpoken(member: Voter): boolean {
    return this.versions.has(member)
  }

  silenceOf(member: Voter, now: number): number {
    return now - (this.heard.get(member) ?? Number.NEGATIVE_INFINITY)
  }

  /**
   * When most of these, of those who are heard, heard the host at the latest; null: nobody is heard. One who lies is not most of them, unless no
   * claim is won without them anyway.
   */
  hostHeardByMost(others: readonly Voter[], now: number): number | null {
    const known = others.filter((voter) => this.silenceOf(voter, now) <= HOST_QUIET_MS)
    const times = known.map((voter) => this.heardHost.get(voter) ?? Number.NEGATIVE_INFINITY)
    return times.sort((a, b) => b - a)[Math.floor(known.length / 2)] ?? null
  }

  /** Whether a voter is heard, hears the host no more, and knows no newer voters than this version. */
  mayVote(voter: Voter, version: number, now: number): boolean {
    const hostSilence = now - (this.heardHost.get(voter) ?? Number.NEGATIVE_INFINITY)
    const knowsNewer = (this.versions.get(voter) ?? 0) > version
    return !knowsNewer && this.silenceOf(voter, now) <= HOST_QUIET_MS && hostSilence >= SILENCE_VOTER_MS
  }
}
