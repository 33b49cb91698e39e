/**
 * Rounds that were played before with the same rules and as many pilots, in .cache/balance-6.json and others: a run that takes a quarter of an hour may be made in pieces
 * (`--full --seconds 200`, again and again), each of which goes on where the last one ended.
 */
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'

const FOLDER = '.cache'
/** What a round follows from. */
const RULES = 'game/rules'

interface Kept<Round> {
  readonly rules: string
  readonly rounds: readonly Round[]
}

const fileOf = (pilots: number): string => `${FOLDER}/balance-${pilots}.json`

/** The rounds of so many pilots that were played with the rules as they are now, from the first one on. */
export async function keptRounds<Round>(pilots: number): Promise<readonly Round[]> {
  const text = await readFile(fileOf(pilots), 'utf8').catch(() => null)
  const kept = text === null ? null : (JSON.parse(text) as Kept<Round>)
  return kept?.rules === (await hashOfRules()) ? kept.rounds : []
}

export async function keepRounds<Round>(pilots: number, rounds: readonly Round[]): Promise<void> {
  const kept: Kept<Round> = { rules: await hashOfRules(), rounds }
  await mkdir(FOLDER, { recursive: true })
  await writeFile(fileOf(pilots), JSON.stringify(kept))
}

async function hashOfRules(): Promise<string> {
  const hash = createHash('sha256')
  for (const name of (await readdir(RULES)).toSorted()) hash.update(await readFile(`${RULES}/${name}`))
  return hash.digest('hex')
}
