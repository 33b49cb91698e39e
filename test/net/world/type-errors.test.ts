/** What the compiler says to whoever slips: the sentence names what is wrong, not only two types that do not fit. */
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** Each line with a slip, and what the message has to say. */
const slips: [string, RegExp][] = [
  ['for (const card of world.all("card")) if (card.face > 3) return', /face is to: 'nobody', so step cannot see it/],
  ['for (const card of world.all("card")) if (card.trap) return', /condition will always return true/],
  ['for (const card of world.all("card")) if (card.text.length > 3) return', /never|nobody/],
  ['const round: number = world.globals.round', /does not exist on type 'ThisGameDeclaresNoGlobals'/],
  [
    'const score: number = world.player(world.players[0]!).score',
    /does not exist on type 'ThisGameDeclaresNoPlayerFields'/,
  ],
  ['const goal: number = world.options.goal', /does not exist on type 'ThisGameDeclaresNoOptions'/],
  ['const laps: number = world.settings.laps', /does not exist on type 'ThisGameDeclaresNoSettings'/],
  ['world.inputOf(64)', /a player: take world\.players/],
  ['world.get("card", 65536)', /an entity: take its id/],
  ['world.emit("played", { by: 5 })', /a player: take world\.players/],
  ['for (const card of world.all("card")) world.player(card.owner)', /null.*PlayerId/],
]

const source = `import { defineGame, entity, event, t } from 'starwire'
export const cards = defineGame({
  id: 'cards', version: 1, maxPlayers: 2, input: {},
  entities: {
    card: entity({
      face: t.int(0, 9, { to: 'nobody' }), trap: t.bool({ to: 'nobody' }), text: t.string(9, { to: 'nobody' }),
    }),
  },
  events: { played: event({ by: t.player() }) },
  step(world) {
${slips.map(([line]) => line).join('\n')}
  },
})
`

describe('a slip in the types', () => {
  const file = at('./slips.ts')
  const options: ts.CompilerOptions = {
    ...{ strict: true, noEmit: true, skipLibCheck: true, allowImportingTsExtensions: true, types: [] },
    ...{ target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    paths: { starwire: [at('../../../net/index.ts')] },
  }
  const host = ts.createCompilerHost(options)
  const [read, exists] = [host.getSourceFile, host.fileExists]
  host.fileExists = (name) => name === file || exists(name)
  host.getSourceFile = (name, ...rest) =>
    name === file ? ts.createSourceFile(name, source, ts.ScriptTarget.ES2022) : read(name, ...rest)
  const program = ts.createProgram([file], options, host)
  const checked = program.getSourceFile(file)
  const said = program.getSemanticDiagnostics(checked).map(({ start = 0, messageText }) => ({
    line: checked?.getLineAndCharacterOfPosition(start).line ?? 0,
    text: ts.flattenDiagnosticMessageText(messageText, ' '),
  }))
  const first = source.slice(0, source.indexOf(slips[0]?.[0] ?? '')).split('\n').length - 1

  it.each(slips.map(([line, sentence], i) => ({ line, sentence, i })))('$line', ({ sentence, i }) => {
    const messages = said.filter(({ line }) => line === first + i).map(({ text }) => text)
    expect(messages.join('; ')).toMatch(sentence)
  })
})
