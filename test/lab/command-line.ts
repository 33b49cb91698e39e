/** `npm run lab`: joins between places of a small internet of network namespaces, and what becomes of a match whose network changes, as tables. */
import { parseArgs } from 'node:util'
import { type Cell, columns, matrix, pair, table } from './matrix.ts'
import { Lab, type LabOptions, type WhoPlays } from './peers.ts'
import { places } from './places.ts'
import { whyNoLab } from './rights.ts'
import { playScene, type SceneResult, sceneOf, scenes, sceneTable } from './scenes.ts'

const usage = `npm run lab -- --list                  the places and the scenes
npm run lab -- --scenes [SCENE …]        a guest plays while a network changes: all scenes, or these
npm run lab -- --pair HOST GUEST         one join, from the second place to a host at the first
npm run lab -- --matrix [--from PLACE]   joins between all places, or to hosts at one
  --stun-only   without TURN
  --node        scenes between processes of Node; else between pages in real browsers
  --delay MS    of each line, one way: two places are twice as far from each other`

/** Returns the exit code: 0 also when nobody could join, because the lab shows and does not judge. */
export async function runCommandLine(args: string[]): Promise<number> {
  let parsed: ReturnType<typeof parse>
  try {
    parsed = parse(args)
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`)
    return 2
  }
  const { values, positionals } = parsed
  if (values.list) {
    for (const { name, summary } of [...places, ...scenes]) console.log(`${name.padEnd(18)} ${summary}`)
    return 0
  }
  const [host, guest] = positionals
  if (!values.matrix && !values.scenes && !(values.pair && host !== undefined && guest !== undefined)) {
    console.log(usage)
    return 2
  }
  const why = whyNoLab()
  if (why !== null) {
    console.log(`skipped: ${why}`)
    return 0
  }
  const service = values['stun-only'] ? 'stun-only' : 'with-turn'
  const delayMs = values.delay === undefined ? undefined : Number(values.delay)
  if (delayMs !== undefined && !(delayMs >= 0 && delayMs <= 1000)) {
    console.error(`--delay takes 0 to 1000 ms, not ${values.delay}.`)
    return 2
  }
  if (values.scenes) {
    const who: WhoPlays = values.node ? 'node' : 'pages'
    console.log(columns(sceneTable(await playScenes(positionals, { service, delayMs }, who))))
    return 0
  }
  const lab = await Lab.open({ service, delayMs })
  try {
    const cells: Cell[] =
      host !== undefined && guest !== undefined ? [await pair(lab, host, guest)] : await matrix(lab, values.from)
    console.log(table(cells))
  } finally {
    lab.close()
  }
  return 0
}

/** One after the other, each in an internet of its own: nothing of the one before is left. */
async function playScenes(names: string[], { service, delayMs }: LabOptions, who: WhoPlays): Promise<SceneResult[]> {
  const results: SceneResult[] = []
  for (const scene of names.length > 0 ? names.map(sceneOf) : scenes) {
    const lab = await Lab.open({ pages: who === 'pages', service, delayMs })
    try {
      results.push(await playScene(lab, scene, who))
    } finally {
      lab.close()
    }
  }
  return results
}

function parse(args: string[]) {
  return parseArgs({
    args,
    allowPositionals: true,
    options: {
      list: { type: 'boolean' },
      pair: { type: 'boolean' },
      matrix: { type: 'boolean' },
      scenes: { type: 'boolean' },
      node: { type: 'boolean' },
      from: { type: 'string' },
      'stun-only': { type: 'boolean' },
      delay: { type: 'string' },
    },
  })
}
