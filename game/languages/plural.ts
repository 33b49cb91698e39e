/** Which form of a word goes with a count: each language has its own rules, and `Intl` knows them. */

export type PluralForms = { readonly other: string } & { readonly [Rule in Intl.LDMLPluralRule]?: string }

/** Gives the form for a count in one language. A form that is not given is `other`. */
export function pluralIn(language: string): (count: number, forms: PluralForms) => string {
  const rules = new Intl.PluralRules(language)
  return (count, forms) => forms[rules.select(count)] ?? forms.other
}
