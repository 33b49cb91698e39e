// msgpackr's build without `new Function` has no types of its own. Tests and benches compare with it.
declare module 'msgpackr/index-no-eval' {
  export { Packr } from 'msgpackr'
}
