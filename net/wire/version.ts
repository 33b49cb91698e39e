/**
 * The version of what two pages of Starwire say to each other, on every lane: WIRE.md describes exactly this one. It rises
 * whenever a page of the version before would misread something. Pages of different versions do not play together: they
 * read `version-mismatch`, by the notes they give to signalling or at the hello.
 *
 * 1 had no number. 2: fragments on the bulk lane; an epoch that counts the hosts and match starts of a lobby; several matches.
 * 3: members are told one at a time, with what they chose and their own data.
 */
export const WIRE_VERSION = 3
