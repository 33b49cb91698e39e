/** By what a host knows a guest again who shows no token. All of it comes from outside: a modified page has other marks. */

/** By what a guest who shows no token is known again. */
export interface GuestMarks {
  /** What the guest's browser calls itself in this lobby; null when it does not say. */
  readonly browser: string | null
  /** What it called itself in this lobby under codes that the lobby had before. */
  readonly former?: readonly string[]
  /** A mark of the guest's address in this lobby, where the operator of signalling gives hosts one. */
  readonly address: string | null
}

/** Nothing is known of a guest. */
export const NO_MARKS: GuestMarks = { browser: null, address: null }

/** As texts of which none can be taken for another kind's. Tokens are hexadecimal, and longer than a browser's name. */
export function marksOf({ address, ...marks }: GuestMarks): string[] {
  return [...browserMarks(marks), ...(address === null ? [] : [`address ${address}`])]
}

/** Those of the browser alone. */
export function browserMarks({ browser, former = [] }: Omit<GuestMarks, 'address'>): string[] {
  return browser === null ? [...former] : [browser, ...former]
}
