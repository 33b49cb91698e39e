/**
 * The part of the Vite plugin that tells a game the hash of its rules. A module that imports `defineGame` is given a
 * module of its own in place of `starwire`: the same exports, but its `defineGame` states the hash of what that module
 * reaches. So the code of the game stays as it is, whatever it calls its imports and however many games it defines.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { dirname, resolve, sep } from 'node:path'
import type { Plugin } from 'vite'
import { withoutComments } from './find-imports.ts'
import { findModule, isFile } from './find-module.ts'
import { type RulesSources, readRules } from './hash-rules.ts'

/** Marks our stand-in for what the file before it imports; a query, so that Vite resolves as from beside that file. */
const MARK = '?starwire-rules'

/**
 * @param face path of the library's own entry without its ending: where an alias or a relative import may lead instead of
 *   the package's name, as in this repository.
 */
export function rulesPlugin(face: string): Pick<Plugin, 'enforce' | 'config' | 'resolveId' | 'load' | 'hotUpdate'> {
  /** What each of our modules stands for: the import as it was written. */
  const standsFor = new Map<string, string>()
  const sourcesOf = new Map<string, RulesSources>()

  return {
    enforce: 'pre',

    // Vite builds workers with plugins of their own.
    config: () => ({ worker: { plugins: () => [{ name: 'starwire:rules', ...rulesPlugin(face) }] } }),

    resolveId(source, importer, options) {
      // Vite's search for dependencies must find the package itself.
      if (importer === undefined || (options as { scan?: boolean }).scan) return null
      const file = fileOf(importer)
      if (importer.includes(MARK) || !isOwn(file) || !leadsToDefineGame(source, file)) return null
      const text = textOf(file)
      if (!/\bdefineGame\b/.test(text) || renames(text)) return null
      const id = source === 'starwire' ? file + MARK : `${file}${MARK}=${shortHash(source)}`
      standsFor.set(id, source)
      return { id, moduleSideEffects: false }
    },

    async load(id) {
      const at = id.indexOf(MARK)
      if (at < 0) return null
      const file = id.slice(0, at)
      const rules = await readRules(file, {
        resolve: async (specifier, importer) => (await this.resolve(specifier, importer))?.id ?? null,
      })
      sourcesOf.set(id, rules)
      for (const path of rules.files) this.addWatchFile(path)
      const specifier = standsFor.get(id) ?? 'starwire'
      const source = JSON.stringify(specifier)
      const found = findModule(specifier, file)
      // `export *` leaves a default export out.
      const hasDefault = found && 'file' in found && /\bexport\s+default\b|\bas\s+default\b/.test(textOf(found.file))
      return [
        ...(hasDefault ? [`export { default } from ${source}`] : []),
        `export * from ${source}`,
        `import { defineGame as define } from ${source}`,
        `export function defineGame(definition) {`,
        // What is no definition is for the library to complain about.
        `  return define(Object(definition) === definition ? { rulesHash: '${rules.hash}', ...definition } : definition)`,
        `}`,
      ].join('\n')
    },

    // The hash stands in a module of its own, so what changes it must make Vite load that one again.
    hotUpdate({ file, modules }) {
      const path = resolve(file)
      const graph = this.environment.moduleGraph
      const touched = [...sourcesOf].flatMap(([id, { files, folders }]) => {
        const counts = files.has(path) || [...folders].some((folder) => path.startsWith(folder + sep))
        const module = counts ? graph.getModuleById(id) : undefined
        return module ? [module] : []
      })
      if (touched.length === 0) return
      for (const module of touched) graph.invalidateModule(module)
      return [...new Set([...modules, ...touched])]
    },
  }

  function isOwn(file: string): boolean {
    // Rules that come as a package are known by its version; Vite bundles packages without us in development.
    return !file.startsWith('\0') && !/[\\/]node_modules[\\/]/.test(file) && isFile(file)
  }

  function isFace(path: string): boolean {
    return path.replace(/\.[jt]s$/, '') === face
  }

  /** Whether an import has the library's `defineGame` to give: of the library, or of a local module that passes it on. */
  function leadsToDefineGame(source: string, importer: string, seen = new Set<string>()): boolean {
    if (source === 'starwire') return true
    if (isFace(resolve(dirname(importer), source))) return true
    const found = findModule(source, importer)
    if (found === null || !('file' in found)) return false
    const { file } = found
    if (isFace(file)) return true
    if (seen.has(file) || !isOwn(file)) return false
    seen.add(file)
    return sourcesOfDefineGame(textOf(file)).some((next) => leadsToDefineGame(next, file, seen))
  }
}

/** Where a module has the `defineGame` from that it exports under this name, if it exports one. */
function sourcesOfDefineGame(text: string): string[] {
  const exports = [...text.matchAll(/\bexport\s*(\*|\{[^{}]*\})\s*(?:from\s*(['"])([^'"\n]+)\2)?/g)]
  return exports.flatMap(([, what = '', , source]) => {
    if (what !== '*' && !/\bdefineGame\s*[,}]/.test(what)) return []
    if (source !== undefined) return [source]
    const imported = /\bimport\s*\{[^{}]*\bdefineGame\b[^{}]*\}\s*from\s*(['"])([^'"\n]+)\1/.exec(text)
    return imported?.[2] === undefined ? [] : [imported[2]]
  })
}

/**
 * Whether a module gives `defineGame` away under another name. Who imports that is not seen, and the hash of this module
 * says nothing of theirs: better none than one that never changes.
 */
function renames(text: string): boolean {
  return /\bexport\s*\{[^{}]*\bdefineGame\s+as\b/.test(text)
}

function textOf(file: string): string {
  try {
    return withoutComments(readFileSync(file, 'utf8'))
  } catch {
    return ''
  }
}

function fileOf(id: string): string {
  return id.replace(/[?#].*$/, '')
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8)
}
