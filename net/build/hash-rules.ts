/**
 * The hash of a game's rules, from their own sources: the module that calls `defineGame` and every local module that it
 * reaches. Bundlers, minifiers and compilers change code but not sources, so two builds of the same rules agree, and a
 * changed helper shows. One function for the Vite plugin, for Node and for tests.
 */
import { createHash } from 'node:crypto'
import { readFile, realpath } from 'node:fs/promises'
import { dirname, relative, resolve as resolvePath } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findImports, mayImport } from './find-imports.ts'
import { type Found, filesBelow, findModule, isFile, packageOf } from './find-module.ts'

/** Bits of the digest that are kept, as hexadecimal digits: 128 bits, since a chance match must not happen. */
const HASH_DIGITS = 32

export interface HashRulesOptions {
  /**
   * Where an import leads that Node would not find, such as an alias of a bundler: an absolute path, or null for no file.
   * Asked after Node's own way. Default: such imports are left out.
   */
  resolve?: (specifier: string, importer: string) => string | null | Promise<string | null>
}

/** What a hash was made of. */
export interface RulesSources {
  readonly hash: string
  /** Absolute paths of the files that count. */
  readonly files: ReadonlySet<string>
  /** Folders in which a new file may count, too, because of `import.meta.glob`. */
  readonly folders: ReadonlySet<string>
}

/**
 * The hash of a game's rules. Give it to `defineGame` as `rulesHash`, or to `withRulesHash`, where the Vite plugin does
 * not run.
 *
 * It covers the text of `entry` and of each local file that it imports, directly or not, with LF ends of lines and by its
 * path relative to `entry`; of packages, `starwire` among them, it covers name and version. Imports of types alone do not
 * count. Workspace packages that are linked into `node_modules` are local.
 *
 * @param entry the source file that calls `defineGame`: a path, or a `file:` URL.
 * @returns 32 hexadecimal digits.
 * @throws Error (rejects) when `entry` cannot be read.
 */
export async function hashRules(entry: string | URL, options: HashRulesOptions = {}): Promise<string> {
  const path = entry instanceof URL || entry.startsWith('file:') ? fileURLToPath(entry) : entry
  return (await readRules(resolvePath(path), options)).hash
}

export async function readRules(path: string, { resolve }: HashRulesOptions = {}): Promise<RulesSources> {
  // Linked packages are at their real paths, so paths relative to a linked entry would differ from machine to machine.
  const entry = await realpath(path)
  const texts = new Map<string, string>()
  const folders = new Set<string>()
  const packages = new Set<string>()

  async function find(specifier: string, importer: string): Promise<Found | null> {
    const found = findModule(specifier, importer)
    if (found !== null || !resolve) return found
    const path = (await resolve(specifier, importer))?.replace(/[?#].*$/, '') ?? null
    if (path === null || !isFile(path)) return null
    return packageOf(path) ?? { file: path }
  }

  async function visit(file: string): Promise<void> {
    if (texts.has(file)) return
    texts.set(file, '')
    const bytes = await readFile(file)
    const isBinary = bytes.includes(0)
    const text = isBinary
      ? bytes.toString('base64')
      : bytes
          .toString('utf8')
          .replace(/^\uFEFF/, '')
          .replace(/\r\n/g, '\n')
    texts.set(file, text)
    if (isBinary || !mayImport(file)) return
    const { specifiers, patterns } = findImports(text)
    for (const specifier of specifiers) {
      const found = await find(specifier, file)
      if (found === null) continue
      if ('package' in found) packages.add(found.package)
      else await visit(found.file)
    }
    for (const { folder, ending } of patterns) {
      const base = resolvePath(dirname(file), folder)
      folders.add(base)
      for (const path of filesBelow(base)) if (path.endsWith(ending)) await visit(path)
    }
  }

  await visit(entry)
  const byPath = [...texts].map(([file, text]) => [relativePath(entry, file), text] as const)
  // By code units: an order that depends on the machine's language would be no order.
  byPath.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  const hash = createHash('sha256')
    .update(JSON.stringify([byPath, [...packages].sort()]))
    .digest('hex')
    .slice(0, HASH_DIGITS)
  return { hash, files: new Set(texts.keys()), folders }
}

function relativePath(entry: string, file: string): string {
  // Windows writes its paths with the other slash.
  return relative(dirname(entry), file).replaceAll('\\', '/')
}
