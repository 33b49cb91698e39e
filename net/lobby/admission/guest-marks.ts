/** Marks identify a guest who comes again without a token. The guest's page gives them, so a modified page has other ones. */

export interface GuestMarks {
  /** The name of the guest's browser under this lobby's code (`browser-mark.ts`); null when it does not say. */
  readonly browser: string | null
  /** Its names under codes that this lobby had before. Left out: it was not asked. */
  readonly former?: readonly string[]
  /** A mark of the guest's address in this lobby, where the operator of signalling gives hosts one. */
  readonly address: string | null
}

/** A guest of whom nothing is known. */
export const NO_MARKS: GuestMarks = { browser: null, address: null }

/**
 * All marks of a guest as texts, for the lists of bans and kicks, which hold seat tokens, too. No two kinds look alike: tokens are longer
 * than names of browsers, and addresses have a prefix.
 */
export function marksOf({ address, ...marks }: GuestMarks): string[] {
  return [...browserMarks(marks), ...(address === null ? [] : [`address ${address}`])]
}

/** The marks of the browser alone, without the address. */
export function browserMarks({ browser, former = [] }: Omit<GuestMarks, 'address'>): string[] {
  return browser === null ? [...former] : [browser, ...former]
}
