// Writes the declarations of the package: those of its faces and of every module that these name, and no others, so
// that what is nobody's business stays out. `tsc` alone would declare every module, and would leave `.ts` at the end of
// imports: TypeScript rewrites those in the code that it emits, but not in declarations.
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const config = ts.getParsedCommandLineOfConfigFile(
  join(root, 'tsconfig.package.json'),
  {},
  { ...ts.sys, onUnRecoverableConfigFileDiagnostic: report },
)
if (!config) process.exit(1)
const { rootDir = '', outDir = '' } = config.options
const program = ts.createProgram(config.fileNames, config.options)

let failed = false
function report(diagnostic) {
  failed = true
  console.error(
    ts.formatDiagnostic(diagnostic, {
      getCanonicalFileName: (name) => name,
      getCurrentDirectory: () => root,
      getNewLine: () => '\n',
    }),
  )
}

/** The declarations of one module, with `.js` where its imports had `.ts`. */
function declare(source) {
  let text = ''
  const { diagnostics } = program.emit(source, (_, written) => (text = written), undefined, true)
  diagnostics.forEach(report)
  return text
}

const faces = config.fileNames.map((name) => resolve(name))
const modules = new Set(faces)
for (const module of modules) {
  const source = program.getSourceFile(module)
  if (!source) throw new Error(`${module} is not part of the program.`)
  const text = declare(source)
  // What TypeScript infers itself stands in double quotes.
  const rewritten = text.replace(/(from |import |import\()['"](\.[^'"]*)\.ts['"]/g, (_, before, path) => {
    modules.add(resolve(dirname(module), `${path}.ts`))
    return `${before}'${path}.js'`
  })
  const file = join(outDir, relative(rootDir, module).replace(/\.ts$/, '.d.ts'))
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, rewritten)
}
console.log(`declarations: ${faces.length} faces, ${modules.size} modules`)
process.exit(failed ? 1 : 0)
