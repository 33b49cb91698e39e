/** Where pictures stand in the page: beside names, in what can be done about a player, and in a fold of the lobby. */

import { useEffect, useRef, useState } from 'preact/hooks'
import type { PlayerId } from 'starwire'
import { texts } from '../../../game/languages/language.ts'
import type { PageLobby } from '../../doors/doors.ts'
import { useOnDemand } from '../../parts/on-demand.ts'
import { sharedIn } from '../shared-files.ts'
import type { PictureDesk } from './desk.ts'

/** The pictures of a lobby, as they change; null while nobody has one. */
function usePictures(lobby: PageLobby): PictureDesk | null {
  const shared = sharedIn(lobby)
  const [, redraw] = useState(0)
  useEffect(() => shared.subscribe(() => redraw((before) => before + 1)), [shared])
  return shared.pictures
}

/** Beside a name. */
export function Portrait({ lobby, player }: { lobby: PageLobby; player: PlayerId }) {
  const picture = usePictures(lobby)?.pictureOf(player) ?? null
  return picture && <Picture picture={picture} />
}

/** Pixels of the canvas: twice what is shown. */
const PORTRAIT = 64

function Picture({ picture }: { picture: HTMLCanvasElement }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const pen = canvas.current?.getContext('2d')
    if (!pen) return
    pen.clearRect(0, 0, PORTRAIT, PORTRAIT)
    pen.drawImage(picture, 0, 0, PORTRAIT, PORTRAIT)
  }, [picture])
  return (
    <canvas
      ref={canvas}
      class="portrait"
      width={PORTRAIT}
      height={PORTRAIT}
      role="img"
      aria-label={texts.pictures.alt}
    />
  )
}

/** What can be done about another player's picture. */
export function PictureDeeds({ lobby, player }: { lobby: PageLobby; player: PlayerId }) {
  const pictures = usePictures(lobby)
  if (!pictures?.hasPicture(player)) return null
  const isHidden = pictures.isHidden(player)
  return (
    <button type="button" class="second long" aria-pressed={isHidden} onClick={() => pictures.hide(player, !isHidden)}>
      {isHidden ? texts.pictures.show : texts.pictures.hide}
    </button>
  )
}

export function PictureFold({ lobby }: { lobby: PageLobby }) {
  const pictures = usePictures(lobby)
  const [open, setOpen] = useState(false)
  const { loaded, failed } = useOnDemand(open, () => sharedIn(lobby).openPictures())
  const mine = pictures?.mine ?? null
  return (
    <details class="fold" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span class="fold-title">{texts.pictures.title}</span>
        {mine ? <Picture picture={mine} /> : <span class="fold-state">{texts.pictures.none}</span>}
      </summary>
      <div class="fold-body">
        {loaded && <PictureChoice pictures={loaded} />}
        <p class="complaint" role="alert">
          {failed && texts.page.loadFailed}
        </p>
      </div>
    </details>
  )
}

/** The own picture, and whether others' are shown. */
function PictureChoice({ pictures }: { pictures: PictureDesk }) {
  return (
    <>
      <label class="field">
        <span>{texts.pictures.file}</span>
        <input
          type="file"
          accept="image/png,image/jpeg,image/webp"
          onChange={(event) => {
            const [file] = event.currentTarget.files ?? []
            if (file) void pictures.pick(file)
            event.currentTarget.value = ''
          }}
        />
      </label>
      <p class="complaint" role="alert">
        {pictures.sentence}
      </p>
      {pictures.mine && (
        <button type="button" class="second" onClick={() => pictures.remove()}>
          {texts.pictures.remove}
        </button>
      )}
      <label class="switch">
        <input
          type="checkbox"
          checked={pictures.hidesAll}
          onChange={(event) => pictures.hideAll(event.currentTarget.checked)}
        />
        {texts.pictures.hideAll}
      </label>
    </>
  )
}
