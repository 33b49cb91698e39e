/** `npm run bench`: which benchmarks there are, and how one is asked for. */
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { type Bench, table } from './bench.ts'

/** Loaded when asked for: one may need a package or a browser that another does not. */
const benches: Record<string, () => Promise<Bench>> = {
  alone: async () => (await import('./alone.ts')).alone,
  balance: async () => (await import('./balance.ts')).balance,
  bots: async () => (await import('./bots.ts')).bots,
  codec: async () => (await import('./codec/codec.ts')).codec,
  congestion: async () => (await import('./congestion/congestion.ts')).congestion,
  files: async () => (await import('./files/files.ts')).files,
  feel: async () => (await import('./feel/feel.ts')).feel,
  frame: async () => (await import('./frame.ts')).frame,
  hidden: async () => (await import('./hidden.ts')).hidden,
  'join-progress': async () => (await import('./join-progress.ts')).progress,
  join: async () => (await import('./join.ts')).join,
  lobbies: async () => (await import('./lobbies.ts')).lobbies,
  match: async () => (await import('./match/match.ts')).match,
  media: async () => (await import('./media/media.ts')).media,
  migration: async () => (await import('./migration/migration.ts')).migration,
  node: async () => (await import('./node/node.ts')).node,
  page: async () => (await import('./page.ts')).page,
  'play-now': async () => (await import('./play-now.ts')).playNow,
  real: async () => (await import('./real/real.ts')).real,
  records: async () => (await import('./records.ts')).records,
  service: async () => (await import('./service.ts')).service,
  routes: async () => (await import('./routes/routes.ts')).routesBench,
  size: async () => (await import('./size.ts')).size,
}

const usage =
  'npm run bench -- NAME [--json FILE] [--full] [--seconds N]; feel: [--tick-rate 10…120] [--profile NAME]; balance, media, migration, routes, service: [--case NAME]; alone, balance, migration: [--runs N]'

/** Returns the exit code: 0 also when a target is missed, because a benchmark measures and does not judge. */
export async function runCommandLine(args: string[]): Promise<number> {
  let parsed: ReturnType<typeof parse>
  try {
    parsed = parse(args)
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error))
  }
  const { name, json, full, seconds, tickRate, profile, only, runs } = parsed
  if (name === undefined) {
    console.log(usage)
    for (const [known, load] of Object.entries(benches)) console.log(`  ${known.padEnd(12)} ${(await load()).summary}`)
    return 0
  }
  const load = Object.hasOwn(benches, name) ? benches[name] : undefined
  if (!load) {
    console.error(`There is no benchmark "${name}". There are ${Object.keys(benches).join(', ')}.`)
    return 2
  }
  const bench = await load()
  if (tickRate !== null && !bench.anyTickRate) return refuse(`The benchmark ${name} takes no --tick-rate.`)
  if (profile !== null && !bench.profiles) return refuse(`The benchmark ${name} takes no --profile.`)
  if (profile !== null && !bench.profiles?.includes(profile))
    return refuse(`${name} has no profile "${profile}". It has ${bench.profiles?.join(', ')}.`)
  if (only !== null && !bench.cases?.includes(only))
    return refuse(`${name} has no case "${only}". It has ${bench.cases?.join(', ') ?? 'none'}.`)
  if (runs !== null && !bench.hasRuns) return refuse(`The benchmark ${name} takes no --runs.`)
  const rows = await bench.run({ full, seconds, tickRate, profile, only, runs })
  console.log((bench.table ?? table)(rows))
  if (json !== null) await writeFile(json, `${JSON.stringify(rows, null, 2)}\n`)
  return 0
}

/** Says what is wrong, and how it is to be. */
function refuse(problem: string): number {
  console.error(`${problem}\n${usage}`)
  return 2
}

function parse(args: string[]) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      json: { type: 'string' },
      full: { type: 'boolean' },
      seconds: { type: 'string' },
      'tick-rate': { type: 'string' },
      profile: { type: 'string' },
      case: { type: 'string' },
      runs: { type: 'string' },
    },
  })
  const seconds = values.seconds === undefined ? null : Number(values.seconds)
  if (seconds !== null && !(seconds > 0)) throw new Error(`--seconds takes a number above 0, not "${values.seconds}".`)
  const given = values['tick-rate']
  const tickRate = given === undefined ? null : Number(given)
  if (tickRate !== null && (!Number.isInteger(tickRate) || tickRate < 10 || tickRate > 120))
    throw new Error(`--tick-rate takes a whole number of ticks a second from 10 to 120, not "${given}".`)
  const runs = values.runs === undefined ? null : Number(values.runs)
  if (runs !== null && !(Number.isSafeInteger(runs) && runs > 0))
    throw new Error(`--runs takes a whole number above 0, not "${values.runs}".`)
  if (positionals.length > 1) throw new Error(`One benchmark at a time, not ${positionals.join(' and ')}.`)
  return {
    name: positionals[0],
    json: values.json ?? null,
    full: values.full === true,
    seconds,
    tickRate,
    profile: values.profile ?? null,
    only: values.case ?? null,
    runs,
  }
}
