/** A folder beside the real tree, with its rules and with files that break them: what a check must catch. */
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

export const repository = fileURLToPath(new URL('../../..', import.meta.url))

const rules = ['package.json', 'tsconfig.json', 'biome.json', '.dependency-cruiser.cjs', '.ci/lint']

/** Gives the folder; it is gone when the test has finished. */
export async function plant(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'starwire-house-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  for (const path of rules) await cp(join(repository, path), join(folder, path), { recursive: true })
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'), 'junction')
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  return folder
}
