/** Whether an address is one of this machine's. A name, as browsers give in place of an address, is not. */
import { networkInterfaces } from 'node:os'

export function isOwnAddress(address: string): boolean {
  return Object.values(networkInterfaces()).some((each) => each?.some((own) => own.address === address))
}
