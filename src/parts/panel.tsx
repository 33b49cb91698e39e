/** The panel that every screen but the match stands in. Its heading takes the focus, so that a screen reader says where one is. */
import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { Wordmark } from './wordmark.tsx'

export function Panel({ title, children }: { title: string; children: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useLayoutEffect(() => heading.current?.focus(), [])
  return (
    <main class="screen">
      <Wordmark class="wordmark small" />
      <section class="panel">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {children}
      </section>
    </main>
  )
}
