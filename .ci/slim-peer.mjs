// A Vite plugin for our own builds and servers: simple-peer's source in place of its bundle, on net/transport/peer-base.ts
// in place of the stream library and the rest that the bundle brings. Everything else of simple-peer is as it comes.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const BUNDLE = /[\\/]simple-peer[\\/]simplepeer\.min\.js(?:\?|$)/
const SOURCE = /[\\/]simple-peer[\\/]index\.js(?:\?|$)/
const MARK = '\0simple-peer-on:'
/** What simple-peer requires, and what of peer-base.ts it is given. */
const parts = {
  'readable-stream': 'exports.Duplex = base.Duplex',
  buffer: 'exports.Buffer = base.Buffer',
  debug: 'module.exports = base.debug',
  randombytes: 'module.exports = base.randomBytes',
  'err-code': 'module.exports = base.errCode',
  'get-browser-rtc': 'module.exports = base.browserRtc',
  'queue-microtask': 'module.exports = base.microtask',
}

/** @param root the repository; to be given where this file was bundled and lies elsewhere. */
export function slimPeer(root = fileURLToPath(new URL('..', import.meta.url))) {
  const base = JSON.stringify(join(root, 'net/transport/peer-base.ts'))
  const replace = {
    name: 'slim-peer',
    resolveId: (source, importer) => (source in parts && SOURCE.test(importer ?? '') ? MARK + source : null),
    load(id) {
      if (id.startsWith(MARK)) return `const base = require(${base})\n${parts[id.slice(MARK.length)]}\n`
      return BUNDLE.test(id) ? "module.exports = require('./index.js')" : null
    },
  }
  return {
    ...replace,
    enforce: 'pre',
    // Vite bundles packages for its dev server without its plugins.
    config: () => ({ optimizeDeps: { rolldownOptions: { plugins: [replace] } } }),
  }
}
