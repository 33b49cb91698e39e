// The browser bundle is the only entry that runs in Vite without configuration: 'simple-peer' itself fails with
// "global is not defined" in dev and build. It has the same face.
declare module 'simple-peer/simplepeer.min.js' {
  import SimplePeer from 'simple-peer'
  export default SimplePeer
}
