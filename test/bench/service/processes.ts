/**
 * Starts and asks the processes of `npm run bench -- service`: servers, and matches beside them. Each program is built once, before what it
 * does is measured.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'vite'
import type { MatchFigures } from './matches.ts'
import type { Figures } from './server.ts'

/** npm starts benchmarks in the repository. */
const repository = (path: string): string => resolve(path)

type Program = 'server' | 'matches'

const built = new Map<Program, Promise<string>>()

/** Bundled as a game's own code would be; the result is the file's address. */
function builtProgram(program: Program): Promise<string> {
  const known = built.get(program) ?? buildProgram(program)
  built.set(program, known)
  return known
}

async function buildProgram(program: Program): Promise<string> {
  const outDir = repository(`.cache/bench-service-${program}`)
  await build({
    ...{ configFile: false, root: repository(''), logLevel: 'error', publicDir: false },
    ssr: { noExternal: ['msgpackr'] },
    resolve: {
      alias: [
        { find: /^starwire$/, replacement: repository('net/index.ts') },
        { find: /^starwire\/(.+)$/, replacement: repository('net/$1.ts') },
      ],
    },
    build: {
      ...{ ssr: repository(`test/bench/service/${program}.ts`), outDir, emptyOutDir: true },
      ...{ target: 'es2022', minify: false },
      rollupOptions: { output: { entryFileNames: `${program}.mjs`, chunkFileNames: '[name].mjs' } },
    },
  })
  return pathToFileURL(`${outDir}/${program}.mjs`).href
}

interface Running {
  readonly child: ChildProcess
  readonly first: unknown
  ask(what: string): Promise<unknown>
  stop(): Promise<void>
}

async function start(program: Program, ...args: string[]): Promise<Running> {
  const file = JSON.stringify(await builtProgram(program))
  const run = `import(${file}).then(({ runCommandLine }) => runCommandLine(${JSON.stringify(args)}))`
  const child = spawn(process.execPath, ['--expose-gc', '--input-type=module', '-e', run], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  return {
    ...{ child, first: await next(child) },
    ask(what) {
      const answer = next(child)
      child.send(what)
      return answer
    },
    async stop() {
      if (child.connected) child.send('stop')
      await ended
    },
  }
}

function next(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`A process ended (${code}) before it answered.`))
    child.once('exit', ended)
    child.once('message', (message) => {
      child.off('exit', ended)
      resolve(message)
    })
  })
}

export interface ServerProcess {
  readonly port: number
  readonly url: string
  readonly child: ChildProcess
  /** @param collects memory is looked at after a garbage collection. */
  figures(collects?: boolean): Promise<Figures>
  stop(): Promise<void>
}

export async function startServer(...args: string[]): Promise<ServerProcess> {
  const { child, first, ask, stop } = await start('server', ...args)
  const { port } = first as { port: number }
  return {
    ...{ child, port, url: `ws://127.0.0.1:${port}/starwire`, stop },
    figures: async (collects = false) => ((await ask(collects ? 'collect' : 'look')) as { figures: Figures }).figures,
  }
}

export interface MatchesProcess {
  readonly codes: readonly string[]
  figures(): Promise<MatchFigures>
  stop(): Promise<void>
}

/** Two real matches, in a process that does nothing else: what they miss is not for want of this one's time. */
export async function startMatches(signaling: string): Promise<MatchesProcess> {
  const { first, ask, stop } = await start('matches', signaling)
  const { codes } = first as { codes: string[] }
  return { codes, stop, figures: async () => ((await ask('look')) as { figures: MatchFigures }).figures }
}
