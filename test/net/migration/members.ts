/** Members of a lobby who vote, on links that can be cut one way or the other, with signalling, in virtual time. */
import { expect } from 'vitest'
import { Election } from '../../../net/migration/election.ts'
import type { ElectionMessage } from '../../../net/migration/election-messages.ts'
import type { Electorate, Voter } from '../../../net/migration/electorate.ts'
import { type PlayerId, playerId } from '../../../net/world/ids.ts'

const STEP_MS = 20
const HEARTBEAT_MS = 100
const DELAY_MS = 20
/** The server asks the host, and waits so long. */
const PROVE_MS = 500
/** An heir's vote of signalling's lasts so long. */
const RESERVED_MS = 5_000

export const seat = (n: number): PlayerId => playerId(n, 1)

interface Member {
  readonly me: Voter
  readonly election: Election
  /** Does not run: killed, frozen or asleep. */
  stopped: boolean
  /** Reaches signalling. */
  online: boolean
  /** Hosts and has not paused: it ticks. */
  ticks: boolean
  /** Ticks that it ran as a host. */
  ran: number
  follows: number
}

/** Signalling: the highest epoch and who holds it. Compare-and-set. */
interface Record {
  epoch: number
  holder: Voter
  reserved: { readonly epoch: number; readonly until: number } | null
  up: boolean
  /** Its sockets are open, and nothing comes of them. */
  isMute: boolean
}

export class Members {
  readonly members: Member[]
  private readonly host: Voter
  readonly signalling: Record
  now = 0
  /** Who ever hosted an epoch. */
  readonly hosts = new Map<number, Voter>()
  /** Cut links, as `from>to`. */
  private readonly cut = new Set<string>()
  private flying: { readonly at: number; readonly deliver: () => void }[] = []
  loss = 0
  /** When all who host start a match; null: never. */
  startsAt: number | null = null
  private chance: number

  /** `host`: the first member. Default: a player. */
  constructor(count: number, heirs: readonly number[] = [1], seed = 1, host: Voter = seat(0)) {
    const voters: Voter[] = Array.from({ length: count }, (_, n) => (n === 0 ? host : seat(n)))
    this.host = host
    const electorate: Electorate = { version: 1, host, voters, before: null, heirs: heirs.map(seat) }
    this.chance = seed
    this.signalling = { epoch: 1, holder: host, reserved: null, up: true, isMute: false }
    this.hosts.set(1, host)
    this.members = voters.map((me, n) => ({
      me,
      election: new Election({ me, epoch: 1, electorate, now: 0 }),
      ...{ stopped: false, online: true, ticks: n === 0, ran: 0, follows: 0 },
    }))
  }

  random(): number {
    this.chance = (this.chance * 48271) % 2147483647
    return this.chance / 2147483647
  }

  at(n: number): Member {
    return this.members[n]!
  }

  /** One way only. */
  cutWay(from: number, to: number, isCut = true): void {
    if (isCut) this.cut.add(`${this.at(from).me}>${this.at(to).me}`)
    else this.cut.delete(`${this.at(from).me}>${this.at(to).me}`)
  }

  /** Members of two parts hear nothing of each other. */
  part(...parts: readonly (readonly number[])[]): void {
    this.cut.clear()
    for (const a of parts) for (const b of parts) if (a !== b) for (const i of a) for (const k of b) this.cutWay(i, k)
  }

  kill(n: number): void {
    Object.assign(this.at(n), { stopped: true, online: false, ticks: false })
  }

  private fly(from: Voter, to: Voter, deliver: (member: Member) => void): void {
    if (this.cut.has(`${from}>${to}`) || this.random() < this.loss) return
    this.flying.push({
      at: this.now + DELAY_MS,
      deliver: () => {
        const member = this.members.find(({ me }) => me === to)
        if (member && !member.stopped) deliver(member)
      },
    })
  }

  say(from: Voter, to: Voter, message: ElectionMessage): void {
    this.fly(from, to, ({ election }) => election.receive(from, message, this.now))
  }

  run(ms: number, each: () => void = () => {}): void {
    for (const end = this.now + ms; this.now < end; this.now += STEP_MS) {
      const due = this.flying.filter(({ at }) => at <= this.now)
      this.flying = this.flying.filter(({ at }) => at > this.now)
      for (const { deliver } of due) deliver()
      for (const member of this.members) if (!member.stopped) this.step(member)
      if (this.startsAt !== null && this.now >= this.startsAt) {
        this.startsAt = null
        for (const n of this.members.keys()) this.start(n)
      }
      this.check()
      each()
    }
  }

  /** A match begins: those who hear the host take its epoch up. */
  start(n: number): void {
    const { election, me, ticks } = this.at(n)
    if (!ticks || election.host !== me) return
    const epoch = election.epoch + 1
    expect(this.hosts.get(epoch) ?? me, `two hosts of epoch ${epoch}`).toBe(me)
    this.hosts.set(epoch, me)
    election.raise(epoch)
    for (const other of this.members)
      if (other.me !== me)
        this.fly(me, other.me, (receiver) => {
          if (receiver.election.host === me) receiver.election.raise(epoch)
        })
  }

  private step(member: Member): void {
    const { election, me } = member
    election.setOnline(member.online && this.signalling.up)
    election.tick(this.now)
    this.act(member)
    if (member.ticks) member.ran++
    if (this.now % HEARTBEAT_MS >= STEP_MS) return
    const { epoch, hostSilentMs } = election
    const { version } = (election as unknown as { readonly electorate: Electorate }).electorate
    for (const other of this.members)
      if (other.me !== me && this.areLinked(me, other.me) && election.saysTo(other.me))
        this.fly(me, other.me, (receiver) => receiver.election.hear(me, epoch, this.now, hostSilentMs, version))
  }

  /** Idle links go from everybody to the heirs, and all have one to the host. */
  private areLinked(a: Voter, b: Voter): boolean {
    const hubs = [this.host, seat(1), seat(2)]
    return hubs.includes(a) || hubs.includes(b)
  }

  private act(member: Member): void {
    for (const action of member.election.take())
      switch (action.do) {
        case 'send':
          this.say(member.me, action.to, action.message)
          break
        case 'host':
          expect(this.hosts.get(action.epoch) ?? member.me, `two hosts of epoch ${action.epoch}`).toBe(member.me)
          this.hosts.set(action.epoch, member.me)
          member.ticks = true
          this.tell(member, action.epoch)
          break
        case 'resume':
          member.ticks = true
          break
        case 'follow':
          member.follows++
          member.ticks = false
          break
        case 'pause':
          member.ticks = false
          break
        case 'stop':
          member.ticks = false
          // It comes back by the code.
          member.election.handOver(action.epoch, this.signalling.holder, this.now)
          break
        case 'ask signalling to vote':
          this.reserve(member, action.epoch)
          break
        case 'ask for epoch':
          this.answer(member)
          break
        case 'give back':
          if (this.reaches(member) && this.signalling.reserved?.epoch === action.epoch) this.signalling.reserved = null
          break
      }
  }

  private reaches({ online }: Member): boolean {
    return online && this.signalling.up && !this.signalling.isMute
  }

  private answer(member: Member): void {
    if (!this.reaches(member)) return
    const { election } = member
    const { epoch, reserved } = this.signalling
    if (reserved && reserved.until > this.now && reserved.epoch > election.epoch) election.reservedElsewhere()
    else election.epochAnswered(epoch)
  }

  /** Who hosts says so. */
  private tell(member: Member, epoch: number): void {
    if (this.reaches(member) && epoch > this.signalling.epoch)
      Object.assign(this.signalling, { epoch, holder: member.me, reserved: null })
  }

  private reserve(member: Member, epoch: number): void {
    if (!this.reaches(member)) return
    this.flying.push({
      at: this.now + PROVE_MS,
      deliver: () => {
        if (!this.reaches(member)) return member.election.claimAnswered(epoch, false)
        const holder = this.members.find(({ me }) => me === this.signalling.holder)
        const lives =
          holder !== undefined && holder !== member && holder.ticks && !holder.stopped && this.reaches(holder)
        const { reserved } = this.signalling
        const isFree = !reserved || reserved.until <= this.now || epoch > reserved.epoch
        const granted = epoch > this.signalling.epoch && !lives && isFree
        if (granted) this.signalling.reserved = { epoch, until: this.now + RESERVED_MS }
        member.election.claimAnswered(epoch, granted)
      },
    })
  }

  /** Of two who tick, no two hear each other for long: checked at rest by the tests; here that nobody ticks without hosting. */
  private check(): void {
    for (const { ticks, election, me } of this.members) if (ticks) expect(election.host).toBe(me)
  }

  /** Who ticks now. */
  get ticking(): Voter[] {
    return this.members.filter(({ ticks, stopped }) => ticks && !stopped).map(({ me }) => me)
  }

  get epochs(): number[] {
    return this.members.map(({ election }) => election.epoch)
  }
}
