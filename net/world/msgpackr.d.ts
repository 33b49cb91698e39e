// The package's build without `new Function`, for pages with a strict content security policy, has no types of its own.
declare module 'msgpackr/index-no-eval' {
  export { Packr, Unpackr } from 'msgpackr'
}
