/**
 * What a source file imports, found in its text. No parser: it must read TypeScript, JSX and single-file components
 * alike, in Node as in Vite. It may find too much, such as an import in a line comment, which only makes one file more
 * count; it must not find too little.
 */

export interface Imports {
  /** As written: relative paths, package names, aliases. */
  readonly specifiers: ReadonlySet<string>
  /** Of `import.meta.glob`: all files below `folder` whose name ends with `ending`. */
  readonly patterns: readonly { readonly folder: string; readonly ending: string }[]
}

/** Whether a file of this name can import anything. */
export function mayImport(file: string): boolean {
  return /\.(?:[cm]?[jt]sx?|vue|svelte|astro)$/.test(file)
}

/** Comments and strings, so that neither is taken for the start of the other. */
const tokens = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*"|`(?:[^`\\]|\\[\s\S])*`/g

/** `import type … from '…'` and `export type … from '…'`: gone when the code runs. A default import may be named `type`. */
const typeImports =
  /\b(?:import|export)\s+type\s+(?!from\s*['"])(?:[\w$]+\s*,\s*)?(?:[\w$]+|\{[^{}]*\}|\*(?:\s*as\s+[\w$]+)?)\s*from\s*(['"])[^'"\n]*\1/g

const imports = [
  // import … from '…', export … from '…'
  /\bfrom\s*(['"])([^'"\n]+)\1/g,
  // import '…'
  /\bimport\s*(['"])([^'"\n]+)\1/g,
  // import('…'), require('…')
  /\b(?:import|require)\s*\(\s*(['"`])([^'"`$\n]+)\1/g,
  // new URL('…', import.meta.url): a worker, a level
  /\bnew\s+URL\(\s*(['"`])([^'"`$\n]+)\1\s*,\s*import\.meta\.url/g,
]

const globs = /\bimport\.meta\.glob\w*\s*(?:<[^()]*>)?\(\s*(\[[^\]]*\]|(['"`])[^'"`]*\2)/g

export function withoutComments(text: string): string {
  return text.replace(tokens, (token) => (token.startsWith('/') ? ' ' : token))
}

export function findImports(text: string): Imports {
  // JSDoc names modules for their types: those do not run.
  const code = text.replace(tokens, (token) => (token.startsWith('/*') ? ' ' : token)).replace(typeImports, ' ')
  const specifiers = new Set<string>()
  for (const form of imports) for (const [, , specifier = ''] of code.matchAll(form)) specifiers.add(specifier)
  const patterns = [...code.matchAll(globs)].flatMap(([, argument = '']) => globPatterns(argument))
  return { specifiers, patterns }
}

/** Wider than the pattern says, so that its grammar need not be known: all below its fixed part that has its ending. */
function globPatterns(argument: string): Imports['patterns'] {
  const written = [...argument.matchAll(/(['"`])([^'"`]+)\1/g)].map(([, , pattern = '']) => pattern)
  return written
    .filter((pattern) => pattern.startsWith('.'))
    .map((pattern) => {
      const fixed = pattern.split('/')
      const wild = fixed.findIndex((part) => /[*?[{(!]/.test(part))
      return {
        folder: (wild < 0 ? fixed.slice(0, -1) : fixed.slice(0, wild)).join('/'),
        ending: /\.\w+$/.exec(pattern)?.[0] ?? '',
      }
    })
}
