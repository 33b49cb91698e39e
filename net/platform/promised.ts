/** A promise that is settled from outside. A rejection that nobody waits for raises no error. */
export class Promised<T> {
  resolve: (value: T) => void = () => {}
  reject: (error: Error) => void = () => {}
  readonly promise = new Promise<T>((resolve, reject) => {
    this.resolve = resolve
    this.reject = reject
  })

  constructor() {
    this.promise.catch(() => {})
  }
}
