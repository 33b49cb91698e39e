/** Where an import leads: to a local file, or to a package, which its name and version stand for. Node's and Vite's ways. */
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve, sep } from 'node:path'

export type Found = { readonly file: string } | { readonly package: string }

/** In Vite's order: https://vite.dev/config/shared-options.html#resolve-extensions */
const EXTENSIONS = ['.mjs', '.js', '.mts', '.ts', '.jsx', '.tsx', '.json', '.cjs', '.cts']

/** What TypeScript lets one write for a source file: the name of what it is compiled to. */
const COMPILED: Readonly<Record<string, readonly string[]>> = {
  '.js': ['.ts', '.tsx'],
  '.jsx': ['.tsx'],
  '.mjs': ['.mts'],
  '.cjs': ['.cts'],
}

/** Conditions of `exports` and `imports`, the same for everybody, whatever a bundler would prefer. */
const CONDITIONS = new Set(['import', 'module', 'default'])

interface Manifest {
  name?: string
  version?: string
  main?: string
  module?: string
  exports?: unknown
  imports?: unknown
}

export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}

/** Null for what is neither: Node's own modules, addresses, a bundler's virtual modules, aliases. */
export function findModule(specifier: string, importer: string): Found | null {
  if (specifier.startsWith('#')) return ownImport(specifier, importer)
  const path = specifier.replace(/[?#].*$/, '')
  if (path.startsWith('.') || isAbsolute(path)) return local(resolve(dirname(importer), path))
  const [, name, rest = ''] = /^((?:@[\w.~-]+\/)?[\w~-][\w.~-]*)(\/.*)?$/.exec(path) ?? []
  return name === undefined ? null : packaged(name, `.${rest}`, importer)
}

/** The package that an installed file belongs to; null for a local file. */
export function packageOf(path: string): Found | null {
  if (!isInstalled(path)) return null
  const home = manifestAbove(path, ({ name, version }) => name !== undefined && version !== undefined)
  return home && { package: `${home.manifest.name}@${home.manifest.version}` }
}

function isInstalled(path: string): boolean {
  return path.includes(`${sep}node_modules${sep}`) || path.includes('/node_modules/')
}

function local(path: string): Found | null {
  const file = fileAt(path)
  return file === null ? null : { file }
}

function fileAt(path: string): string | null {
  if (isFile(path)) return path
  const [ending = ''] = /\.[cm]?jsx?$/.exec(path) ?? []
  const sources = (COMPILED[ending] ?? []).map((source) => path.slice(0, -ending.length) + source)
  const others = EXTENSIONS.flatMap((extension) => [path + extension])
  const inside = EXTENSIONS.map((extension) => join(path, `index${extension}`))
  return [...sources, ...others, ...inside].find(isFile) ?? null
}

function packaged(name: string, subpath: string, importer: string): Found | null {
  const home =
    manifestAbove(importer, () => true, join('node_modules', name)) ??
    // A package may import itself by its own name.
    manifestAbove(importer, (manifest) => manifest.name === name)
  if (home === null) return null
  const { manifest, folder } = home
  const real = realpathSync(folder)
  // The library is known by its version, also where it is linked from a clone.
  if (isInstalled(real + sep) || manifest.name === 'starwire')
    return { package: `${manifest.name ?? name}@${manifest.version ?? ''}` }
  const target = manifest.exports === undefined ? null : mapped(manifest.exports, subpath)
  if (target !== null) return local(join(real, target))
  if (manifest.exports !== undefined) return null
  return local(join(real, subpath === '.' ? (manifest.module ?? manifest.main ?? 'index') : subpath))
}

function ownImport(specifier: string, importer: string): Found | null {
  const home = manifestAbove(importer, ({ imports }) => imports !== undefined)
  const target = home && mapped(home.manifest.imports, specifier)
  if (!home || target === null || target.startsWith('#')) return null
  return target.startsWith('.') ? local(join(home.folder, target)) : findModule(target, importer)
}

/** The nearest manifest above a path that will do; `below` is where to look in each folder. */
function manifestAbove(
  path: string,
  willDo: (manifest: Manifest) => boolean,
  below = '',
): { manifest: Manifest; folder: string } | null {
  for (let at = dirname(path); ; at = dirname(at)) {
    const folder = join(at, below)
    const manifest = manifestIn(folder)
    if (manifest && willDo(manifest)) return { manifest, folder }
    if (dirname(at) === at) return null
  }
}

function manifestIn(folder: string): Manifest | null {
  const path = join(folder, 'package.json')
  if (!isFile(path)) return null
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Manifest
  } catch {
    return null
  }
}

/** What `exports` or `imports` of a manifest make of a key, `*` included. https://nodejs.org/api/packages.html#exports */
function mapped(map: unknown, key: string): string | null {
  const isTable = typeof map === 'object' && map !== null && Object.keys(map).every((k) => /^[.#]/.test(k))
  const table = (isTable ? map : { '.': map }) as Record<string, unknown>
  if (Object.hasOwn(table, key)) return target(table[key])
  // The longest fixed part wins.
  const stars = Object.keys(table).filter((k) => k.includes('*'))
  for (const star of stars.sort((a, b) => b.indexOf('*') - a.indexOf('*'))) {
    const [before = '', after = ''] = star.split('*')
    if (!key.startsWith(before) || !key.endsWith(after) || key.length < before.length + after.length) continue
    return target(table[star])?.replaceAll('*', key.slice(before.length, key.length - after.length)) ?? null
  }
  return null
}

function target(value: unknown): string | null {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map(target).find((found) => found !== null) ?? null
  if (typeof value !== 'object' || value === null) return null
  for (const [condition, inner] of Object.entries(value)) {
    const found = CONDITIONS.has(condition) ? target(inner) : null
    if (found !== null) return found
  }
  return null
}

/** Every file below a folder, without what is installed or hidden. */
export function filesBelow(folder: string): string[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return []
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules' || entry.name.startsWith('.')) return []
    const path = join(folder, entry.name)
    return entry.isDirectory() ? filesBelow(path) : entry.isFile() ? [path] : []
  })
}
