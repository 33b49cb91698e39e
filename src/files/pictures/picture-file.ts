/** What is offered of pictures between pages, by the names of the files. */

/** How the file of a player's picture is called between pages. */
export const PICTURE_FILE = 'ship-picture.png'
/** Offered, with nothing in it, by who flies without one from now on. */
export const NO_PICTURE = 'no-ship-picture'

export function isPictureFile(name: string): boolean {
  return name === PICTURE_FILE || name === NO_PICTURE
}
