/** A guide that names what is gone misleads worse than none: every file and every name in docs/guides is looked for. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { repository } from './planted.ts'

const folder = join(repository, 'docs/guides')
const guides = readdirSync(folder).map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }))
const files = ['net', 'test', 'game', 'src'].flatMap((top) =>
  readdirSync(join(repository, top), { recursive: true, encoding: 'utf8' }).map(
    (path) => `${top}/${path.replaceAll('\\', '/')}`,
  ),
)
const code = files
  .filter((path) => path.startsWith('net/') && path.endsWith('.ts'))
  .map((path) => readFileSync(join(repository, path), 'utf8'))
  .join('\n')

/** What stands between backticks. */
function quoted(text: string): string[] {
  return [...text.replace(/```[\s\S]*?```/g, '').matchAll(/`([^`]+)`/g)].map(([, inside]) => inside!)
}

describe.each(guides)('the guide $name', ({ text }) => {
  it('names files that are there', () => {
    const paths = quoted(text).filter((path) => /^[\w./*-]+\.(ts|md)$/.test(path))
    const missing = paths.filter((path) => {
      const form = new RegExp(`(^|/)${path.replaceAll('.', '\\.').replaceAll('*', '[^/]*')}$`)
      return !files.some((file) => form.test(file))
    })
    expect(missing).toEqual([])
  })

  it('names folders that are there', () => {
    const paths = quoted(text).filter((path) => /^[\w/-]+\/$/.test(path))
    const missing = paths.filter((path) => !files.some((file) => `/${file}/`.includes(`/${path}`)))
    expect(missing).toEqual([])
  })

  it('names classes, functions and methods that are there', () => {
    const names = quoted(text)
      .map((name) => name.replace(/\(.*\)$/, ''))
      .filter((name) => /^[A-Za-z]\w*(\.[a-z]\w*)?$/.test(name))
    const missing = names.filter((name) => !name.split('.').every((part) => new RegExp(`\\b${part}\\b`).test(code)))
    expect(missing).toEqual([])
  })

  it('links to pages that are there', () => {
    const links = [...text.matchAll(/\]\(([^)#:]+)(#[^)]*)?\)/g)].map(([, to]) => to!)
    const missing = links.filter((to) => {
      try {
        return readFileSync(join(folder, to)).length === 0
      } catch {
        return true
      }
    })
    expect(missing).toEqual([])
  })
})
