/**
 * Serves the files of the built page: GET and HEAD, byte ranges, conditional requests. Every request ends in an answer or in
 * a closed connection, also when it is malformed, when the file vanishes, or when the process has no descriptors left.
 */
import { once } from 'node:events'
import { ReadStream } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { type SendResult, send } from '@fastify/send'

/** What a browser may keep for ever: Vite puts a hash of the content into the names below assets/. */
const HASHED = /^\/assets\//

const sentences: Record<number, string> = {
  400: 'This is no address.',
  404: 'There is nothing at this address.',
  412: 'The file is not the one that was asked for.',
  416: 'The file has no such range.',
  500: 'The file cannot be read.',
  503: 'The server is busy. Try again in a moment.',
}

/** Out of file descriptors. That passes, so the answer is "try later" and not "broken". */
const BUSY_CODES = new Set(['EMFILE', 'ENFILE', 'EAGAIN', 'ENOMEM'])
const GONE_CODES = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'EISDIR', 'ELOOP'])

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

function statusOf(error: unknown): number {
  const code = codeOf(error)
  if (BUSY_CODES.has(code)) return 503
  return GONE_CODES.has(code) ? 404 : 500
}

/** The path of a request target, still encoded; null for `*`, a bare host, and other targets that name no file. */
export function pathOf(target: string | undefined): string | null {
  const text = target ?? ''
  if (text.startsWith('/')) return text.replace(/[?#].*$/s, '')
  // A proxy's form, `http://host/path`, which a server must take, too (RFC 9112, 3.2.2).
  return /^https?:/i.test(text) && URL.canParse(text) ? new URL(text).pathname : null
}

/**
 * The Range header as the file server should read it, or undefined to send the whole file. The library refuses a suffix
 * that is longer than the file (`bytes=-9999`), although it asks for the whole file, and guesses when the text is no range.
 */
export function readableRange(header: string, size: number): string | undefined {
  const [, list = ''] = /^\s*bytes\s*=(.*)$/i.exec(header) ?? []
  const ranges = list
    .split(',')
    .map((range) => range.trim())
    .filter((range) => range !== '')
  if (size === 0 || ranges.length === 0 || !ranges.every((range) => /^(\d+-\d*|-\d+)$/.test(range))) return undefined
  return `bytes=${ranges.map((range) => (range.startsWith('-') && Number(range.slice(1)) > size ? '0-' : range)).join(',')}`
}

function refuse(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  const known = sentences[status] === undefined ? 404 : status
  response.writeHead(known, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Cache-Control': 'no-store',
    ...(known === 503 && { 'Retry-After': '1' }),
    ...headers,
  })
  response.end(`${sentences[known]}\n`)
}

/** Answers requests with the files below `folder`. The promise never rejects. */
export function servePageFiles(folder: string) {
  return async (request: IncomingMessage, response: ServerResponse, path: string): Promise<void> => {
    try {
      await answer(folder, request, response, path)
    } catch (error) {
      refuse(response, statusOf(error))
    }
  }
}

async function answer(folder: string, request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
  // Ranges are for GET. With If-Range the file may have changed, and our tags are too weak to tell: the whole file is sent.
  if (request.method !== 'GET' || request.headers['if-range'] !== undefined) delete request.headers.range
  // `no-cache` forbids caches to answer without asking here. "Not modified" from here is allowed, but the library sends none.
  delete request.headers['cache-control']
  const result = await send(request, path, {
    root: folder,
    cacheControl: false,
    onFile(_, { size }) {
      const range = request.headers.range === undefined ? undefined : readableRange(request.headers.range, size)
      if (range === undefined) delete request.headers.range
      else request.headers.range = range
    },
  })
  const { stream, type } = result
  // Without a listener of ours, a file that vanishes between look and open would end the process.
  stream.on('error', () => {})
  try {
    if (type === 'error') return refuseAs(response, result)
    // The library would add a slash. The page has no lists of files, and behind a prefix the slash misleads.
    if (type === 'directory') return refuse(response, 404)
    // The head is written when the file is open: until then the answer may still become another one.
    if (stream instanceof ReadStream) await once(stream, 'open')
    if (response.destroyed) return
    const cacheControl = HASHED.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache'
    response.writeHead(result.statusCode, { ...result.headers, 'Cache-Control': cacheControl })
    await pipeline(stream, response)
    // The file became shorter while it was read. The browser would wait for the rest until the connection closes.
    if (stream instanceof ReadStream && stream.bytesRead < Number(result.headers['Content-Length']))
      request.socket.destroy()
  } finally {
    stream.destroy()
  }
}

function refuseAs(response: ServerResponse, { statusCode, headers, metadata }: SendResult): void {
  const range = headers['Content-Range']
  const cause = 'error' in metadata ? metadata.error : undefined
  // The library answers 500 to every error of the file system that it does not know.
  const status = statusCode === 500 ? statusOf(cause) : statusCode
  refuse(response, status, range === undefined ? {} : { 'Content-Range': range })
}
