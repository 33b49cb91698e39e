import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { plant, repository } from './planted.ts'

function checkRooms(folder: string) {
  const run = spawnSync(process.execPath, [join(repository, '.ci/rooms.mjs')], { cwd: folder, encoding: 'utf8' })
  return { code: run.status, said: run.stdout + run.stderr }
}

const rooms = [
  'world',
  'wire',
  'platform',
  'errors',
  'clock',
  'congestion',
  'replication',
  'prediction',
  'bots',
  'session',
  'migration',
  'records',
  'transport',
  'files',
  'signaling',
  'star',
  'runtime',
  'media',
  'lobby',
  'build',
  'node',
]

/** Every rule with an import that breaks it. */
const planted: readonly { rule: string; from: string; to: string }[] = [
  { rule: 'world-imports-only-from-below', from: 'net/world/a.ts', to: '../wire/low.ts' },
  { rule: 'wire-imports-only-from-below', from: 'net/wire/a.ts', to: '../platform/low.ts' },
  { rule: 'platform-imports-only-from-below', from: 'net/platform/a.ts', to: '../errors/low.ts' },
  { rule: 'errors-imports-only-from-below', from: 'net/errors/a.ts', to: '../clock/low.ts' },
  { rule: 'clock-imports-only-from-below', from: 'net/clock/a.ts', to: '../congestion/low.ts' },
  { rule: 'congestion-imports-only-from-below', from: 'net/congestion/a.ts', to: '../replication/low.ts' },
  { rule: 'replication-imports-only-from-below', from: 'net/replication/a.ts', to: '../prediction/low.ts' },
  { rule: 'prediction-imports-only-from-below', from: 'net/prediction/a.ts', to: '../session/low.ts' },
  { rule: 'bots-imports-only-from-below', from: 'net/bots/a.ts', to: '../session/low.ts' },
  { rule: 'session-imports-only-from-below', from: 'net/session/a.ts', to: '../transport/low.ts' },
  { rule: 'migration-imports-only-from-below', from: 'net/migration/a.ts', to: '../transport/low.ts' },
  { rule: 'records-imports-only-from-below', from: 'net/records/a.ts', to: '../runtime/low.ts' },
  { rule: 'transport-imports-only-from-below', from: 'net/transport/a.ts', to: '../signaling/low.ts' },
  { rule: 'files-imports-only-from-below', from: 'net/files/a.ts', to: '../signaling/low.ts' },
  { rule: 'signaling-imports-only-from-below', from: 'net/signaling/a.ts', to: '../star/low.ts' },
  { rule: 'star-imports-only-from-below', from: 'net/star/a.ts', to: '../runtime/low.ts' },
  { rule: 'runtime-imports-only-from-below', from: 'net/runtime/a.ts', to: '../media/low.ts' },
  { rule: 'media-imports-only-from-below', from: 'net/media/a.ts', to: '../lobby/low.ts' },
  { rule: 'lobby-imports-only-from-below', from: 'net/lobby/a.ts', to: '../index.ts' },
  { rule: 'node-imports-only-from-below', from: 'net/node/a.ts', to: '../vite.ts' },
  { rule: 'build-imports-only-from-below', from: 'net/build/a.ts', to: '../vite.ts' },
  { rule: 'not-to-unresolvable', from: 'net/lobby/b.ts', to: './nowhere.ts' },
  { rule: 'core-is-sans-io', from: 'net/clock/b.ts', to: 'node:fs' },
  { rule: 'core-knows-no-page', from: 'net/session/c.ts', to: '../platform/low.ts' },
  { rule: 'simple-peer-stays-in-one-file', from: 'net/lobby/c.ts', to: 'simple-peer' },
  { rule: 'node-datachannel-stays-in-its-room', from: 'net/star/c.ts', to: 'node-datachannel' },
  { rule: 'node-only-in-servers', from: 'net/runtime/b.ts', to: 'node:http' },
  { rule: 'net-knows-no-game', from: 'net/lobby/d.ts', to: '../../game/low.ts' },
  { rule: 'rules-are-pure', from: 'game/rules/a.ts', to: 'phaser' },
  { rule: 'outside-uses-the-faces', from: 'game/a.ts', to: '../net/world/low.ts' },
  { rule: 'game-knows-no-page', from: 'game/b.ts', to: '../src/low.ts' },
  { rule: 'phaser-only-where-it-draws', from: 'src/a.ts', to: 'phaser' },
]

describe('the rooms of the house', { timeout: 30_000 }, () => {
  it('catches an import that breaks any of the rules, also one of types alone', { tags: ['long'] }, async () => {
    const files: Record<string, string> = {}
    for (const room of rooms) files[`net/${room}/low.ts`] = 'export interface Low {}\n'
    for (const path of ['net/index.ts', 'net/vite.ts', 'game/low.ts', 'src/low.ts'])
      files[path] = 'export interface Low {}\n'
    for (const { from, to } of planted) files[from] = `import type { Low } from '${to}'\nexport type It = Low\n`
    files['net/wire/egg.ts'] = "import { hen } from './hen.ts'\nexport const egg = () => hen\n"
    files['net/wire/hen.ts'] = "import { egg } from './egg.ts'\nexport const hen = () => egg\n"
    const { code, said } = checkRooms(await plant(files))
    expect(code).toBe(1)
    for (const { rule, from } of planted) expect(said).toContain(`error ${rule}: ${from} →`)
    expect(said).toContain('error no-circular: net/wire/egg.ts → net/wire/hen.ts')
  })

  it('passes imports that point down', { tags: ['long'] }, async () => {
    const folder = await plant({
      'net/world/low.ts': 'export interface Low {}\n',
      'net/wire/a.ts': "import type { Low } from '../world/low.ts'\nexport type It = Low\n",
      'game/.keep': '',
      'src/.keep': '',
    })
    expect(checkRooms(folder)).toEqual({ code: 0, said: 'rooms: 2 modules, 0 violations\n' })
  })

  it('refuses to have read nothing, which dependency-cruiser calls a success', { tags: ['long'] }, async () => {
    const { code, said } = checkRooms(
      await plant({ 'net/.keep': '', 'game/.keep': '', 'src/.keep': '', 'test/some.ts': '' }),
    )
    expect(code).toBe(1)
    expect(said).toContain('No module was read, so nothing was checked')
  })
})
