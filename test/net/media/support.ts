/** A lobby whose pages have fake devices and fake connections: who hears whom, and what lives. */
import type { LobbyObject } from '../../../net/lobby/lobby.ts'
import type { PlayerId } from '../../../net/world/ids.ts'
import { openTable, settle, type Table, type TableOptions, type Yard } from '../lobby/support.ts'
import { type FakeConnections, fakeConnections } from './fake-connections.ts'
import { FakeDevices } from './fake-devices.ts'

export interface Person {
  readonly name: string
  readonly lobby: LobbyObject<Yard>
  readonly page: FakeDevices
  /** The problems that their voice told. */
  readonly problems: string[]
}

export interface Room {
  readonly table: Table
  readonly network: FakeConnections
  readonly people: Person[]
  /** Lets so many looks of the clocks pass, with all that is said in between. */
  pass(ms?: number): Promise<void>
  /** The names of those whom a person hears now. */
  heardBy(person: Person): string[]
  /** What lives on a person's page, and of the connections of all. */
  live(): unknown
}

/** A lobby of the host Ann and the others; nobody is in voice. */
export async function openRoom(
  others: readonly string[],
  options: TableOptions & { dials?: boolean; isPrivate?: boolean } = {},
): Promise<Room> {
  const { dials = false, isPrivate = false, ...rest } = options
  const network = fakeConnections()
  const pages = [new FakeDevices(), ...others.map(() => new FakeDevices())]
  // Each page has its own devices; time is the table's.
  const waysOf = (media: FakeDevices) => (platform: Table['clock']['platform']) => ({
    ...{ platform, media, isPrivate, PeerConnection: network.PeerConnection },
    iceServers: () => [],
  })
  const table = openTable({ maxPlayers: 12, ways: waysOf(pages[0]!), ...rest })
  const people: Person[] = [personOf('Ann', table.lobby, pages[0]!)]
  for (const [i, name] of others.entries()) {
    const page = pages[i + 1]!
    people.push(
      personOf(name, await table.join(name, undefined, { ways: waysOf(page)(table.clock.platform), dials }), page),
    )
  }
  await settle()
  const room: Room = {
    table,
    network,
    people,
    async pass(ms = 100) {
      for (let passed = 0; passed < ms; passed += 50) {
        table.clock.skip(50)
        await table.clock.tick(1)
        await settle()
      }
    },
    heardBy({ page, lobby }) {
      const context = page.contexts.at(-1)
      if (!context || context.state === 'closed') return []
      // What comes out of each voice's last node: its level times its volume.
      const loud = lobby.voice.members.filter(({ mine, speaking }) => !mine && speaking).map(({ player }) => player)
      return people.filter((person) => loud.includes(person.lobby.me as PlayerId)).map(({ name }) => name)
    },
    live: () => ({
      connections: network.open,
      pages: people.map(({ page }) => page.live),
    }),
  }
  return room
}

function personOf(name: string, lobby: LobbyObject<Yard>, page: FakeDevices): Person {
  const problems: string[] = []
  lobby.voice.on('problem', ({ problem }) => problems.push(problem))
  return { name, lobby, page, problems }
}

/** All of them are in voice, and connected. */
export async function joinAll(room: Room, people: readonly Person[] = room.people): Promise<void> {
  for (const { lobby } of people) {
    let refusal: string | null | undefined
    lobby.voice.join().then((answer) => {
      refusal = answer
    })
    // A page that asked often before waits for some moments.
    while (refusal === undefined) await room.pass(50)
    expectJoined(refusal)
  }
  await room.pass(200)
}

function expectJoined(refusal: string | null): void {
  if (refusal !== null) throw new Error(`voice was refused: ${refusal}`)
}

/** Nothing of voice lives on a page. */
export const NOTHING = { tracks: 0, contexts: 0, listeners: 0, silent: 0 }
