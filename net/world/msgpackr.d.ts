// The package's builds without `new Function`, for pages with a strict content security policy, have no types of their own.
declare module 'msgpackr/unpack-no-eval' {
  export { Unpackr } from 'msgpackr'
}
declare module 'msgpackr/index-no-eval' {
  export { Packr } from 'msgpackr'
}
