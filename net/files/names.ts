/** Names and types of files, made harmless. In: any text of a stranger. Out: a name that any file system takes, without a path. */
import { cleanLine } from '../world/clean-line.ts'
import { MAX_SENT_NAME, MAX_TYPE } from './limits.ts'

const MAX_NAME = 100
/** File systems take 255 bytes; the rest is for " (2)" and the like. */
const MAX_NAME_BYTES = 200
/** What of the end of a long name is kept, as its extension. */
const MAX_EXTENSION = 16

const SEPARATOR = /[/\\\u2044\u2215\u29f8\uff0f\uff3c]/
const FORBIDDEN = /[<>:"|?*]/g
/** Windows opens devices by these names, whatever their extension. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i

const typeForm = /^[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*$/

/** The last part of a path, on one line, of 1 to 100 characters: "file" when nothing is left. Cleaning it again changes nothing. */
export function cleanFileName(name: string): string {
  const last =
    name
      .slice(-MAX_SENT_NAME)
      .split(SEPARATOR)
      .filter((part) => !/^[\s.]*$/.test(part))
      .at(-1) ?? ''
  const line = trimmed(cleanLine(last, MAX_SENT_NAME, 4 * MAX_SENT_NAME).replace(FORBIDDEN, '_'))
  const extension = /\.[\w-]+$/.exec(line)?.[0] ?? ''
  const kept = extension.length <= MAX_EXTENSION ? extension : ''
  const stem = trimmed(
    cleanLine(line.slice(0, line.length - kept.length), MAX_NAME - kept.length - 1, MAX_NAME_BYTES - kept.length - 1),
  )
  const whole = trimmed(stem + kept) || 'file'
  return DEVICE.test(whole) ? `_${whole}` : whole
}

/** Dots at the front hide a file, dots and blanks at the end are dropped by Windows. */
function trimmed(name: string): string {
  return name.replace(/^[\s.]+|[\s.]+$/g, '')
}

/** The media type without parameters, or empty when it has not the form of one. */
export function cleanType(type: string): string {
  const [bare = ''] = type
    .slice(0, MAX_TYPE + 1)
    .toLowerCase()
    .split(';')
  const clean = bare.trim()
  return clean.length <= MAX_TYPE && typeForm.test(clean) ? clean : ''
}
