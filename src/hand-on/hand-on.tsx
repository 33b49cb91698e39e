/** Two ways to hand a lobby's link to somebody beside copying it: a QR code, and the system's share sheet where there is one. */

import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { texts } from '../../game/languages/language.ts'
import { useOnDemand } from '../parts/on-demand.ts'
import './hand-on.css'
import { canShare, shareLink } from './share-sheet.ts'

const load = () => import('./qr-dialog.tsx')

export interface HandOnProps {
  readonly link: string
  readonly code: string
}

/** In the lobby: a square with a picture, beside the code. */
export function QrSquare(props: HandOnProps) {
  return (
    <QrButton {...props} class="second square">
      <QrIcon />
      <span class="unseen">{texts.handOn.qr}</span>
    </QrButton>
  )
}

/** The same for the share sheet, beside the link. Nothing where there is no such sheet. */
export function ShareSquare(props: HandOnProps) {
  return (
    <ShareButton {...props} class="second square">
      <ShareIcon />
      <span class="unseen">{texts.handOn.share}</span>
    </ShareButton>
  )
}

/** In the match's list of players: a row of words. */
export function HandOnRow(props: HandOnProps) {
  return (
    <div class="hand-on-row">
      <QrButton {...props} class="second">
        <QrIcon /> {texts.handOn.qr}
      </QrButton>
      <ShareButton {...props} class="second">
        <ShareIcon /> {texts.handOn.shareShort}
      </ShareButton>
    </div>
  )
}

interface ButtonProps extends HandOnProps {
  readonly class: string
  readonly children: ComponentChildren
}

function QrButton({ link, code, class: look, children }: ButtonProps) {
  const [open, setOpen] = useState(false)
  const qr = useOnDemand(open, load)
  return (
    <>
      <button type="button" class={look} aria-haspopup="dialog" title={texts.handOn.qr} onClick={() => setOpen(true)}>
        {children}
      </button>
      {open && qr.loaded && <qr.loaded.QrDialog link={link} code={code} done={() => setOpen(false)} />}
      <p class="complaint" role="alert">
        {open && qr.failed && texts.page.loadFailed}
      </p>
    </>
  )
}

function ShareButton({ link, code, class: look, children }: ButtonProps) {
  const [failed, setFailed] = useState(false)
  if (!canShare()) return null
  const share = async () => setFailed((await shareLink(link, code)) === 'failed')
  return (
    <>
      <button type="button" class={look} title={texts.handOn.share} onClick={share}>
        {children}
      </button>
      <p class="complaint" role="alert">
        {failed && texts.handOn.notShared}
      </p>
    </>
  )
}

function QrIcon() {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d="M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4z" />
      <path d="M14 14h2v2h-2zM18 14h2v2h-2zM16 16h2v2h-2zM14 18h2v2h-2zM18 18h2v2h-2z" class="filled" />
    </svg>
  )
}

function ShareIcon() {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d="M8.6 10.7l6.8-3.9M8.6 13.3l6.8 3.9" />
      <circle cx="6" cy="12" r="3" />
      <circle cx="18" cy="5.5" r="3" />
      <circle cx="18" cy="18.5" r="3" />
    </svg>
  )
}
