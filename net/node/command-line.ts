/** `starwire host FILE`: a dedicated room from the command line. */
import { parseArgs } from 'node:util'
import { reasonSentences } from '../errors/sentences.ts'
import { StarwireError } from '../errors/starwire-error.ts'
import type { HeadlessLobby } from '../lobby/types.ts'
import type { GameShape } from '../world/game-shape.ts'
import { loadGame } from './load-game.ts'
import { hostInNode } from './lobby-in-node.ts'
import { runRoom } from './room.ts'

export const USAGE = `starwire host FILE --signaling URL [options]

Hosts a game in this process, without a player of its own. FILE is the module that calls
defineGame: JavaScript, or TypeScript where Vite is installed.

  --signaling URL       the signalling server, such as wss://my-game.example/starwire
  --title TEXT          lists the lobby in public under this title
  --max-players N       seats, at most the game's own
  --min-players N       people for a match to start (default 1)
  --when-ready          a match waits until all of them are ready
  --empty-seconds N     how long a match goes on without people (default 60)
  --bot KIND[=SKILL]    seats a bot of the game, skill from 0 to 1; may be given several times
  --settings JSON       the lobby's settings
  --options JSON        the game's options
  --ports FIRST-LAST    UDP ports to use, for a firewall that opens a few
  --page URL            the game's page, to print a link that leads into the lobby
  --help                this text

The password of the lobby is read from STARWIRE_PASSWORD, ICE servers come from the signalling
server. Ctrl+C closes the lobby.`

/** A mistake in the typed arguments. Its sentence is printed without a stack. */
class Mistyped extends Error {}

/** What a run needs of its surroundings: the process, or a test. */
export interface CommandLine {
  readonly env: { readonly [name: string]: string | undefined }
  print(line: string): void
  complain(line: string): void
  /** Calls back when the process is asked to end. Returns how to stop listening. */
  onEnd(end: () => void): () => void
}

/** Runs until the lobby has ended. Resolves to the exit code: 0; 1 when hosting failed; 2 for mistakes in the arguments. */
export async function runCommandLine(args: readonly string[], line: CommandLine): Promise<number> {
  try {
    const asked = readArguments(args)
    if (asked === 'help') {
      line.print(USAGE)
      return 0
    }
    return await host(asked, line)
  } catch (error) {
    line.complain(sentenceOf(error))
    if (error instanceof Mistyped) line.complain('See starwire --help.')
    return error instanceof Mistyped || error instanceof TypeError || error instanceof RangeError ? 2 : 1
  }
}

interface Asked {
  readonly file: string
  readonly signaling: string
  readonly title: string | null
  readonly page: string | null
  readonly maxPlayers: number | null
  readonly minPlayers: number
  readonly whenReady: boolean
  readonly emptySeconds: number
  readonly bots: readonly { readonly kind: string; readonly skill: number | null }[]
  readonly settings: Record<string, unknown>
  readonly options: Record<string, unknown>
  readonly ports: readonly [number, number] | null
}

const text = { type: 'string' } as const

function readArguments(args: readonly string[]): Asked | 'help' {
  const { values, positionals } = parse(args)
  const [verb, file, ...more] = positionals
  if (values.help || (verb === undefined && args.length === 0)) return 'help'
  if (verb !== 'host')
    throw new Mistyped(`There is no command ${JSON.stringify(verb ?? '')}: write starwire host FILE.`)
  if (file === undefined || more.length > 0) throw new Mistyped('Write one file: the module that calls defineGame.')
  const { signaling = null } = values
  if (signaling === null) throw new Mistyped('Write --signaling and the address of the signalling server.')
  return {
    file,
    signaling,
    title: values.title ?? null,
    page: values.page === undefined ? null : readPage(values.page),
    maxPlayers: readNumber('--max-players', values['max-players']),
    minPlayers: readNumber('--min-players', values['min-players']) ?? 1,
    whenReady: values['when-ready'] ?? false,
    emptySeconds: readNumber('--empty-seconds', values['empty-seconds']) ?? 60,
    bots: (values.bot ?? []).map(readBot),
    settings: readJson('--settings', values.settings),
    options: readJson('--options', values.options),
    ports: readPorts(values.ports),
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...{ signaling: text, title: text, page: text, settings: text, options: text, ports: text },
        ...{ 'max-players': text, 'min-players': text, 'empty-seconds': text },
        bot: { type: 'string', multiple: true },
        'when-ready': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    throw new Mistyped(error instanceof Error ? error.message : String(error))
  }
}

function readNumber(name: string, given: string | undefined): number | null {
  if (given === undefined) return null
  if (!/^\d{1,6}$/.test(given)) throw new Mistyped(`${name} is a whole number, not ${JSON.stringify(given)}.`)
  return Number(given)
}

function readBot(given: string): Asked['bots'][number] {
  const [, kind = '', skill] = /^([^=]+)(?:=(\d(?:\.\d+)?))?$/.exec(given) ?? []
  if (kind === '') throw new Mistyped(`--bot is KIND or KIND=SKILL, such as ace=0.5, not ${JSON.stringify(given)}.`)
  return { kind, skill: skill === undefined ? null : Number(skill) }
}

function readJson(name: string, given = '{}'): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(given)
  } catch {
    value = null
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Mistyped(`${name} is an object in JSON, such as '{"minutes":5}', not ${given}.`)
  return value as Record<string, unknown>
}

function readPorts(given: string | undefined): Asked['ports'] {
  if (given === undefined) return null
  const [, first, last] = /^(\d{1,5})-(\d{1,5})$/.exec(given) ?? []
  if (first === undefined || last === undefined)
    throw new Mistyped(`--ports is FIRST-LAST, such as 50000-50100, not ${JSON.stringify(given)}.`)
  return [Number(first), Number(last)]
}

function readPage(given: string): string {
  if (!URL.canParse(given))
    throw new Mistyped(`--page is the address of the game's page, not ${JSON.stringify(given)}.`)
  return given.replace(/#.*$/, '')
}

async function host(asked: Asked, line: CommandLine): Promise<number> {
  const game = await loadGame(asked.file)
  const password = line.env.STARWIRE_PASSWORD
  const lobby: HeadlessLobby<GameShape> = await hostInNode<GameShape>(game, {
    signaling: asked.signaling,
    settings: asked.settings as never,
    options: asked.options as never,
    ...(asked.maxPlayers !== null && { maxPlayers: asked.maxPlayers }),
    ...(asked.title !== null && { listed: { title: asked.title } }),
    ...(asked.ports && { ports: asked.ports }),
    ...(password !== undefined && password !== '' && { password }),
  })
  const ended = new Promise<void>((resolve) => lobby.on('ended', () => resolve()))
  const stopListening = line.onEnd(() => lobby.leave())
  try {
    for (const { kind, skill } of asked.bots) seat(lobby, kind, skill)
    tell(lobby, asked, line)
    runRoom(lobby, {
      minPlayers: asked.minPlayers,
      whenReady: asked.whenReady,
      emptyMs: asked.emptySeconds * 1000,
      report: (what) => line.print(what),
    })
    await ended
    line.print('The lobby is closed.')
    return 0
  } finally {
    stopListening()
    lobby.leave()
  }
}

function seat(lobby: HeadlessLobby<GameShape>, kind: string, skill: number | null): void {
  const refusal = lobby.addBot(kind, skill === null ? {} : { skill })
  if (refusal !== null) throw new Mistyped(`A bot ${kind} does not fit in: ${refusal}.`)
}

/** Prints code and link of the lobby, and what happens to them. */
function tell(lobby: HeadlessLobby<GameShape>, { page, title }: Asked, line: CommandLine): void {
  const code = (): void => {
    line.print(`Lobby code: ${lobby.code}`)
    if (page !== null) line.print(`Link: ${page}#${lobby.code}`)
  }
  code()
  line.print('Ctrl+C closes the lobby.')
  lobby.on('code', ({ state }) => {
    if (state === 'open') code()
    else if (state === 'unreachable')
      line.complain('The signalling server is out of reach. The match goes on; it is tried again.')
    else if (state === 'lost') void renew(lobby, line)
  })
  if (title !== null)
    lobby.on('listing', (listing) => {
      if (listing?.refusal) line.complain(`The lobby is not listed: ${listing.refusal}.`)
      else if (listing?.shown) line.print(`Listed as ${JSON.stringify(listing.shown.title)}.`)
    })
}

/** A restarted server has forgotten the lobby. Takes another code, since no player is here to do it. */
async function renew(lobby: HeadlessLobby<GameShape>, line: CommandLine): Promise<void> {
  try {
    await lobby.renewCode()
  } catch (error) {
    line.complain(sentenceOf(error))
  }
}

function sentenceOf(error: unknown): string {
  if (!(error instanceof StarwireError)) return error instanceof Error ? error.message : String(error)
  return [reasonSentences[error.reason], error.detail].filter(Boolean).join(' ')
}
