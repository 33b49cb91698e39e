/** Leaves the last parts of addresses out of a text: what is left names a network and not a person's line. */

const IPV4 = /\b(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}\b/g
/** With two colons at least, so that times of day and code are left alone. */
const IPV6 = /(^|[^\w:.])((?:[\da-f]{0,4}:){2,7}(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-f]{1,4}|))(?![\w:])/gi
/** The names behind which browsers hide addresses. They change with each page, and stay one for a while. */
const HIDDEN = /\b[\da-f]{8}-[\da-f-]{27}\.local\b/gi

export function maskAddresses(text: string): string {
  return text
    .replace(HIDDEN, (name) => `${name.slice(0, 4)}….local`)
    .replace(
      IPV6,
      (_all, before: string, address: string) => `${before}${address === '::' ? address : `${headOf(address)}:…`}`,
    )
    .replace(IPV4, '$1.x')
}

/** The first three groups: a provider's network. Of a shortened address what stands before the gap. */
function headOf(address: string): string {
  const [head = ''] = address.split('::')
  return head.split(':').slice(0, 3).join(':')
}
