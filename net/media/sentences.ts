/** For each reason why voice or video is not to be had one plain sentence for the player. */
import type { MediaProblem, MediaRefusal } from './types.ts'

export const mediaSentences = {
  'no-permission':
    'The browser does not let this page use it. Allow it beside the address of the page, then try again.',
  'no-device': 'There is no microphone or camera here. Plug one in, then try again.',
  'device-busy': 'Another program is using the microphone or camera. Close it, then try again.',
  'insecure-context': 'Voice and video work only on pages that begin with https, or on this computer itself.',
  'not-supported': 'This browser has no voice and video for web pages.',
  'not-here': 'The host cannot be reached at this moment. Try again when the connection is back.',
  'not-on': 'Join first.',
  full: 'Eight players take part already, and there is no room for more.',
  'load-failed': 'A part of the page could not be loaded. Check your network, then try again.',
  'no-player': 'This page only hosts and has no player who could talk.',
  'no-such-player': 'This player is not here.',
  left: 'You left before it began.',
  ended: 'The lobby is over.',
} as const satisfies Record<MediaRefusal, string>

export const mediaProblemSentences = {
  'device-lost': 'The microphone or camera is gone. Others do not hear or see you until another one is there.',
  'device-changed': 'The microphone or camera is gone, so another one is used now.',
  'device-back': 'The microphone or camera works again.',
  interrupted: 'Something else, such as a phone call, has taken the microphone or camera.',
  'sound-blocked': 'The browser plays no sound before you click or press a key on this page.',
  'no-route': 'No connection to one of the players could be made. You do not hear or see each other.',
} as const satisfies Record<MediaProblem, string>
