import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { repository } from './planted.ts'

interface Entry {
  version?: string
  resolved?: string
  optionalDependencies?: Record<string, string>
}

const text = readFileSync(join(repository, 'package-lock.json'), 'utf8')
const packages = (JSON.parse(text) as { packages: Record<string, Entry> }).packages

/** Where Node would find a package that the one at `path` depends on. */
function found(path: string, name: string): string | undefined {
  const parts = path.split('/node_modules/')
  const nested = parts.map((_, i) => `${parts.slice(0, parts.length - i).join('/node_modules/')}/node_modules/${name}`)
  return [...nested, `node_modules/${name}`].find((candidate) => candidate in packages)
}

describe('package-lock.json', () => {
  // npm leaves out what the registry did not have when the lock was written, and then `npm ci` stops on a clean clone.
  it('has an entry for every optional dependency that it names', () => {
    const missing: string[] = []
    let named = 0
    for (const [path, { optionalDependencies = {} }] of Object.entries(packages)) {
      for (const name of Object.keys(optionalDependencies)) {
        named++
        if (!found(path, name)) missing.push(`${path} wants ${name}`)
      }
    }
    expect(missing).toEqual([])
    expect(named).toBeGreaterThan(10)
  })

  it('names no registry, so that everybody installs from their own', () => {
    expect(Object.entries(packages).flatMap(([path, { resolved }]) => (resolved ? [path] : []))).toEqual([])
  })

  it('gives each package that the manifest pins the same version', () => {
    const manifest = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>
      devDependencies: Record<string, string>
    }
    for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }))
      if (/^\d/.test(version)) expect(packages[`node_modules/${name}`]?.version, name).toBe(version)
  })
})
