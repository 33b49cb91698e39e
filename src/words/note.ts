/** What the start screen says first: about the code that was typed, which stays in its field, about a password, or about one's own lobby. */
import { texts } from '../../game/languages/language.ts'
import { codeComplaint } from './code-complaint.ts'

export type Note =
  /** `known`: it is a code, but of no lobby. */
  | { readonly about: 'code'; readonly typed: string; readonly known: boolean }
  /** The lobby of this code closed with the host's page. */
  | { readonly about: 'own-lobby'; readonly code: string }
  /** The lobby of the code asks for a password. `watch`: of somebody who came to watch. */
  | { readonly about: 'password'; readonly wrong: boolean; readonly watch: boolean }

/** In the language of now. */
export function sentenceOfNote(note: Note): string {
  switch (note.about) {
    case 'code':
      return note.known ? texts.start.noLobby(note.typed) : codeComplaint(note.typed)
    case 'own-lobby':
      return texts.start.ownLobbyClosed(note.code)
    case 'password':
      return note.wrong ? texts.start.wrongPassword : texts.start.asksPassword
  }
}
