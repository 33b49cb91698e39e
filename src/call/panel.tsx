/** Voice and video as the player works them: joining, talking, muting, devices, leaving. Loaded when it is first opened. */

import { useEffect, useState } from 'preact/hooks'
import type { MediaDevice } from 'starwire'
import { texts } from '../../game/languages/language.ts'
import type { PageLobby } from '../doors/doors.ts'
import type { VoiceMode } from '../doors/remembered.ts'
import { type CallDesk, deskOf } from './desk.ts'
import { TalkButton } from './talk-button.tsx'
import { Tiles } from './tiles.tsx'

const modes: readonly VoiceMode[] = ['push', 'open', 'listen']

/** Drawn anew whenever the call changes. */
export function useDesk(lobby: PageLobby): CallDesk {
  const desk = deskOf(lobby)
  const [, redraw] = useState(0)
  useEffect(() => desk.subscribe(() => redraw((before) => before + 1)), [desk])
  return desk
}

/** `withTiles`: whether the pictures of the others stand in the panel. In the match they stand over the stage. */
export function CallPanel({ lobby, withTiles }: { lobby: PageLobby; withTiles: boolean }) {
  const desk = useDesk(lobby)
  useEffect(() => {
    void desk.listDevices()
  }, [desk])
  return (
    <div class="call">
      <VoicePart desk={desk} />
      <VideoPart desk={desk} withTiles={withTiles} />
    </div>
  )
}

function VoicePart({ desk }: { desk: CallDesk }) {
  const { state } = desk.lobby.voice
  const { sentence, aboutDevice } = desk.told.voice
  return (
    <section class="call-part" aria-label={texts.call.voice}>
      <fieldset class="segments">
        <legend>{texts.call.microphone}</legend>
        {modes.map((mode) => (
          <label key={mode}>
            <input
              type="radio"
              name="voice-mode"
              checked={desk.mode === mode}
              disabled={state === 'joining'}
              onChange={() => (state === 'on' ? void desk.joinVoice(mode) : desk.setMode(mode))}
            />
            <span>{texts.call.modes[mode]}</span>
          </label>
        ))}
      </fieldset>
      {state === 'on' ? (
        <OwnVoice desk={desk} />
      ) : (
        <button type="button" class="second wide" disabled={state === 'joining'} onClick={() => void desk.joinVoice()}>
          {state === 'joining' ? texts.call.joining : texts.call.join}
        </button>
      )}
      <p class="complaint" role="alert">
        {sentence()}
      </p>
      {aboutDevice && state === 'off' && (
        <button type="button" class="second wide" onClick={() => void desk.joinVoice('listen')}>
          {texts.call.listen}
        </button>
      )}
      {state === 'off' && <p class="hint">{texts.call.addresses}</p>}
    </section>
  )
}

/** While this page takes part. */
function OwnVoice({ desk }: { desk: CallDesk }) {
  const { mutedMe } = desk.lobby.voice
  const hasKeys = !matchMedia('(pointer: coarse)').matches
  return (
    <>
      <div class="call-row">
        {desk.mode === 'push' && (
          <TalkButton desk={desk} label={hasKeys ? texts.call.holdOrKey : texts.call.hold} look="second" />
        )}
        {desk.mode !== 'listen' && (
          <button type="button" class="second" aria-pressed={mutedMe} onClick={() => desk.muteMe(!mutedMe)}>
            {mutedMe ? texts.call.unmuteMe : texts.call.muteMe}
          </button>
        )}
        <button type="button" class="second" onClick={() => desk.leaveVoice()}>
          {texts.call.leave}
        </button>
      </div>
      {mutedMe && desk.mode !== 'listen' && <p class="hint">{texts.call.mutedHint}</p>}
      {desk.mode !== 'listen' && (
        <DeviceChoice
          label={texts.call.whichMicrophone}
          devices={desk.microphones}
          chosen={desk.microphone}
          choose={(device) => void desk.useMicrophone(device)}
        />
      )}
      <label class="switch">
        <input
          type="checkbox"
          checked={desk.byDistance}
          onChange={(event) => desk.setByDistance(event.currentTarget.checked)}
        />
        {texts.call.byDistance}
      </label>
    </>
  )
}

function VideoPart({ desk, withTiles }: { desk: CallDesk; withTiles: boolean }) {
  const { video } = desk.lobby
  const { sentence, aboutDevice } = desk.told.video
  const shows = video.state === 'on' && video.members.some(({ mine, stream }) => mine && stream !== null)
  return (
    <section class="call-part" aria-label={texts.call.video}>
      {withTiles && <Tiles desk={desk} />}
      <div class="call-row">
        {!shows && (
          <button
            type="button"
            class="second"
            disabled={video.state === 'joining'}
            onClick={() => void desk.joinVideo(true)}
          >
            {video.state === 'joining' ? texts.call.askingCamera : texts.call.showCamera}
          </button>
        )}
        {video.state === 'off' && (
          <button type="button" class="second" onClick={() => void desk.joinVideo(false)}>
            {texts.call.onlyWatch}
          </button>
        )}
        {video.state === 'on' && (
          <button type="button" class="second" onClick={() => desk.leaveVideo()}>
            {texts.call.leaveVideo}
          </button>
        )}
      </div>
      {shows && (
        <DeviceChoice
          label={texts.call.whichCamera}
          devices={desk.cameras}
          chosen={desk.camera}
          choose={(device) => void desk.useCamera(device)}
        />
      )}
      <p class="complaint" role="alert">
        {sentence()}
      </p>
      {aboutDevice && video.state === 'off' && <p class="hint">{texts.call.watchWithout}</p>}
    </section>
  )
}

interface DeviceProps {
  label: string
  devices: readonly MediaDevice[]
  /** Its id; empty: the browser's own choice. */
  chosen: string
  choose(device: string): void
}

function DeviceChoice({ label, devices, chosen, choose }: DeviceProps) {
  // With one there is nothing to choose.
  if (devices.length < 2) return null
  return (
    <label class="field">
      <span>{label}</span>
      <select value={chosen} onChange={(event) => choose(event.currentTarget.value)}>
        <option value="">{texts.call.browsersChoice}</option>
        {devices.map(({ id, label: name }, i) => (
          <option key={id} value={id}>
            {name || texts.call.device(i + 1)}
          </option>
        ))}
      </select>
    </label>
  )
}
