/** A lobby's link as a QR code over the page, for a phone's camera. Loaded on demand, with the library that computes it. */

import { useLayoutEffect, useRef } from 'preact/hooks'
import encodeQR from 'qr'
import { texts } from '../../game/languages/language.ts'
import type { InviteLink } from './invite-link.ts'

/** Modules of empty space around the code. Readers ask for four (ISO/IEC 18004). */
const QUIET_MODULES = 4

/** Of the drawn code: its width in modules, and the outline of all dark ones as an SVG path. */
export interface QrOutline {
  readonly size: number
  readonly path: string
}

/** Medium error correction (15 %): a link of 60 characters stays at 33 modules, which a phone reads across a table. */
export function qrOutlineOf(link: string): QrOutline {
  const rows = encodeQR(link, 'raw', { ecc: 'medium', border: QUIET_MODULES })
  return { size: rows.length, path: rows.map(barsOf).join('') }
}

/** One bar for each run of dark modules in a row. */
function barsOf(row: readonly boolean[], y: number): string {
  let path = ''
  for (let x = 0; x < row.length; x++) {
    if (!row[x]) continue
    const start = x
    while (row[x + 1]) x++
    path += `M${start} ${y}h${x + 1 - start}v1H${start}z`
  }
  return path
}

export function QrDialog({ link, code, done }: Pick<InviteLink, 'link'> & { code: string; done(): void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  // With the picture, not after it: the next key is meant for the dialog, and would fly the ship or work the browser.
  useLayoutEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog
      ref={dialog}
      class="panel question qr-dialog"
      aria-labelledby="qr-title"
      onClose={done}
      // In a match it goes on behind it, and its keys are ours now.
      onKeyDown={(event) => event.stopPropagation()}
    >
      <h2 id="qr-title">
        {texts.handOn.qrTitle} <span class="code">{code}</span>
      </h2>
      <QrPicture link={link} label={texts.handOn.qrOf(code)} />
      <p class="hint">{texts.handOn.qrHint}</p>
      <button type="button" class="second" onClick={() => dialog.current?.close()}>
        {texts.handOn.close}
      </button>
    </dialog>
  )
}

/** Dark on white whatever the page's colours are: many readers find no inverted code. */
function QrPicture({ link, label }: { link: string; label: string }) {
  const { size, path } = qrOutlineOf(link)
  return (
    <svg class="qr" role="img" aria-label={label} viewBox={`0 0 ${size} ${size}`} shape-rendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  )
}
