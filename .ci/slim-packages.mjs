// A Vite plugin for our own builds and servers, which leaves out of three packages what nothing here calls:
// - simple-peer's source in place of its bundle, on net/transport/peer-base.ts in place of the stream library and the rest
//   that the bundle brings;
// - msgpackr's reader from its source in place of its CommonJS bundle, in which a bundler finds nothing to leave out;
// - in builds, Phaser's core from its source in place of the whole of it: no physics, tile maps, particles, shapes or sound, a third less.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const BUNDLE = /[\\/]simple-peer[\\/]simplepeer\.min\.js(?:\?|$)/
const SOURCE = /[\\/]simple-peer[\\/]index\.js(?:\?|$)/
/** With a name of its own: who loads all of msgpackr beside it gets that. */
const READER = /[\\/]msgpackr[\\/]unpack\.js\?reader/
/** What simple-peer requires, and what of peer-base.ts stands in its place. Its log is left out with the calls of it. */
const REQUIRED = {
  "const debug = require('debug')('simple-peer')": '',
  "const stream = require('readable-stream')": 'const stream = { Duplex: base.Duplex }',
  "const getBrowserRTC = require('get-browser-rtc')": 'const getBrowserRTC = base.browserRtc',
  "const randombytes = require('randombytes')": 'const randombytes = base.randomBytes',
  "const queueMicrotask = require('queue-microtask')": 'const queueMicrotask = base.microtask',
  "const errCode = require('err-code')": 'const errCode = base.errCode',
  "const { Buffer } = require('buffer')": 'const Buffer = base.Buffer',
  'module.exports =': 'export default',
}

/**
 * Methods that nothing here reaches: net/transport/simple-peer.ts adds no media, sends and listens on the channels itself,
 * and puts its own `_maybeReady` in place, which alone asked for stats.
 */
const UNUSED = [
  ...['address', 'send', '_read', '_write', '_onFinish', '_onInterval', 'getStats', '_maybeReady', '_debug'],
  ...['addTransceiver', 'addStream', 'addTrack', 'replaceTrack', 'removeTrack', 'removeStream'],
  ...['_onTrack', '_requestMissingTransceivers'],
]

/** Where the rest calls them. */
const CALLS = [
  /^ {4}if \(this\.streams\) \{\n.*\n.*addStream\(stream\)\n.*\n {4}\}\n/m,
  /^ {4}this\._pc\.ontrack = .*\n.*_onTrack\(event\)\n {4}\}\n/m,
  /^ {4}if \(data\.transceiverRequest && .*\n\s*.*addTransceiver\(.*\n {4}\}\n/m,
  /^ *if \(!this\.initiator\) this\._requestMissingTransceivers\(\)\n/m,
]

/**
 * simple-peer's source as a module on peer-base.ts, without what is unused here.
 * @param base the path of peer-base.ts.
 * @throws where the source is another than expected: a new version has to be read before it is trimmed.
 */
export function trimPeer(source, base) {
  let left = source.replace(/^ *this\._debug\((?:.*\)|\n(?:.*\n)*? *\))$/gm, '')
  for (const name of UNUSED) {
    const method = new RegExp(`^  ${name} \\(.*\\) \\{(?:\\}|\\n[^]*?\\n  \\})$`, 'gm')
    if (left.match(method)?.length !== 1) throw new Error(`simple-peer has no method ${name} to leave out, or several.`)
    left = left.replace(method, '')
  }
  for (const call of CALLS) {
    if (!call.test(left)) throw new Error(`simple-peer has no ${call} to leave out.`)
    left = left.replace(call, '')
  }
  for (const [theirs, ours] of Object.entries(REQUIRED)) {
    if (!left.includes(theirs)) throw new Error(`simple-peer has no line "${theirs}".`)
    left = left.replace(theirs, ours)
  }
  const more = /_debug\(.*|\brequire\(.*|\bthis\.(?:add|remove|replace|_on)(?:Transceiver|Stream|Track)\(.*/.exec(left)
  if (more) throw new Error(`simple-peer has a call that is not replaced: ${more[0]}`)
  return `import * as base from ${JSON.stringify(base)}\n${left}`
}

/** A function of msgpackr's source, whole. */
const named = (name) => new RegExp(`^function ${name}\\(.*?^\\}\\n`, 'ms')

const READ_TEXT = `function readStringJS(length) {
	if (!(length <= srcEnd - position)) throw endOfMessagePackError(position + length);
	return fromUtf8(src.subarray(position, (position += length)));
}
`

/**
 * What of msgpackr's reader is left out or stands in its place: what plain values do not need, and what makes many values a
 * second faster than a few lines do.
 */
const READER_PARTS = [
  // Records: objects that are read by a function which is made for each kind of them.
  [/^const validName = .*?(?=^export function loadStructures)/ms, ''],
  [
    /^const recordDefinition = .*?(?=^currentExtensions\[0\] =)/ms,
    "const recordDefinition = () => {\n\tthrow new Error('Unknown extension type 114')\n}\n",
  ],
  [/^\t\t\tif \(token < 0x40\)\n\t\t\t\treturn token;\n\t\t\telse \{.*?^\t\t\t\}\n/ms, '\t\t\treturn token;\n'],
  [/^\t_mergeStructures\(.*?^\t\}\n/ms, ''],
  [/^\t\t\tif \(options\.sequential && .*?(?=^\t\t\tif \(options\.int64AsNumber\))/ms, ''],
  // Several values in a row, and a value that is read while another one is.
  [/^\tunpackMultiple\(.*?^\t\}\n/ms, ''],
  [/^\t\tif \(src\) \{\n\t\t\t\/\/ re-entrant execution.*?^\t\t\}\n/ms, ''],
  [named('saveState'), ''],
  // Big integers, errors, references, sets, typed arrays, regular expressions, packed texts and dates.
  [/^currentExtensions\[0x42\] = .*^\/\/ registration of bulk record definition\?$/ms, ''],
  // Numbers of 32 bits rounded to decimals.
  [/^\t\t\t\tif \(currentUnpackr\.useFloat32 > 2\) \{.*?^\t\t\t\t\}\n/ms, ''],
  [/^export const mult10 = .*?(?=^export const Decoder)/ms, ''],
  [/^export function roundFloat32\(.*?^\}\n/ms, ''],
  // What is wrong, in more words: nobody reads them, since a stranger's bytes are counted.
  [
    /^\t\t\tlet jsonView;\n.*?^\t\t\tthrow new Error\('Data read, but end of buffer not reached ' \+ jsonView\);/ms,
    "\t\t\tthrow new Error('Data read, but end of buffer not reached');",
  ],
  [named('classifyIncomplete'), ''],
  [/^\t\tclassifyIncomplete\(error\);\n/m, ''],
  // Texts, and names that were read before: by the platform.
  [named('readStringJS'), READ_TEXT],
  [/^\t*if \(srcStringEnd >= position\) \{\n.*\n\t*\}\n/gm, ''],
  [/^\t\t\t\tif \(bundledStrings\) \{.*?^\t\t\t\t\}\n/ms, ''],
  [/^\t\tif \(bundledStrings\) \{.*?^\t\t\}\n/ms, ''],
  [named('shortStringInJS'), ''],
  [named('longStringInJS'), ''],
  [/^\t\tif \(srcStringEnd == 0 && srcEnd < 140\) \{.*?^\t\t\}\n/ms, ''],
  [/^var keyCache = .*\n/m, ''],
  [named('readKey'), 'function readKey() {\n\treturn asSafeString(read());\n}\n'],
]

/**
 * msgpackr's reader of plain values: all else, which no message of ours holds, is refused as an unknown extension.
 * @param text the path of net/world/text.ts.
 * @throws where the source is another than expected.
 */
export function trimReader(source, text) {
  let left = source
  for (const [theirs, ours] of READER_PARTS) {
    const before = left
    left = left.replace(theirs, () => ours)
    if (left === before) throw new Error(`msgpackr has no ${theirs} to leave out.`)
  }
  if (/\bnew (?:Function|BlockedFunction)\b/.test(left)) throw new Error('msgpackr makes a function of text.')
  return `import { fromUtf8 } from ${JSON.stringify(text)}\n${left}`
}

const PHASER = /[\\/]phaser[\\/]src[\\/].*\.js$/
/** What Phaser's own builds define. Dogstar makes its sound itself. */
const PHASER_FLAGS = { WEBGL_RENDERER: true, CANVAS_RENDERER: true, WEBGL_DEBUG: false, FEATURE_SOUND: false }
/** What Phaser loads where WebGL is debugged. */
const SPECTOR = 'phaser3spectorjs'

/** A file of Phaser's source as its own builds make it. */
export function trimPhaser(source) {
  return source
    .replace(/typeof (\w+)\b/g, (all, flag) => (Object.hasOwn(PHASER_FLAGS, flag) ? String(PHASER_FLAGS[flag]) : all))
    .replace('global.Phaser = Phaser;', '')
}

/** @param root the repository; to be given where this file was bundled and lies elsewhere. */
export function slimPackages(root = fileURLToPath(new URL('..', import.meta.url))) {
  const base = join(root, 'net/transport/peer-base.ts')
  const text = join(root, 'net/world/text.ts')
  const replace = {
    name: 'slim-packages',
    resolveId: (source) =>
      source === 'msgpackr/unpack-no-eval' ? `${join(root, 'node_modules/msgpackr/unpack.js')}?reader` : null,
    load(id) {
      if (id === `\0${SPECTOR}`) return 'export {}'
      if (PHASER.test(id)) return trimPhaser(readFileSync(id, 'utf8'))
      if (READER.test(id)) return trimReader(readFileSync(id.replace(/\?.*$/, ''), 'utf8'), text)
      if (SOURCE.test(id)) return trimPeer(readFileSync(id.replace(/\?.*$/, ''), 'utf8'), base)
      return BUNDLE.test(id) ? "export { default } from './index.js'" : null
    },
  }
  let isBuild = false
  return {
    ...replace,
    enforce: 'pre',
    configResolved({ command }) {
      isBuild = command === 'build'
    },
    resolveId(source) {
      if (isBuild && source === 'phaser') return join(root, 'node_modules/phaser/src/phaser-core.js')
      return isBuild && source === SPECTOR ? `\0${SPECTOR}` : replace.resolveId(source)
    },
    // Vite bundles packages for its dev server without its plugins.
    config: () => ({ optimizeDeps: { rolldownOptions: { plugins: [replace] } } }),
  }
}
