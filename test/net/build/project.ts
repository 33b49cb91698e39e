/** A small project on disk, for what reads sources. */
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'

/** Writes the files and gives the folder; a value `{ link }` becomes a symbolic link to another path of the project. */
export async function project(files: Readonly<Record<string, string | { link: string }>>): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'starwire-rules-')))
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  await write(folder, files)
  return folder
}

export async function write(folder: string, files: Parameters<typeof project>[0]): Promise<void> {
  for (const [path, contents] of Object.entries(files)) {
    const file = join(folder, path)
    await mkdir(dirname(file), { recursive: true })
    if (typeof contents === 'string') await writeFile(file, contents)
    else await symlink(join(folder, contents.link), file, 'junction')
  }
}
