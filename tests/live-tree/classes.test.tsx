import '../support/dom.ts'
import { renderLive } from 'liveroot/testing'
import { Component, createContext, createRef, type ReactNode, useEffect, useState } from 'react'
import { click, quietConsole, text } from './support.ts'

quietConsole()

function fail(message: string): never {
  throw new Error(message)
}

const Language = createContext('en')

test('class components: state, context, lifecycle, refs, and render as a class field', async () => {
  const log: string[] = []
  class Counter extends Component<{ step: number }, { n: number }> {
    static override contextType = Language
    static defaultProps = { step: 5 }
    override state = { n: 0 }

    static getDerivedStateFromProps({ step }: { step: number }) {
      log.push(`derive ${step}`)
      return null
    }

    override shouldComponentUpdate(_: object, { n }: { n: number }) {
      return n !== 13
    }

    override componentDidMount() {
      log.push('mounted')
    }

    override componentDidUpdate(_: object, before: { n: number }) {
      log.push(`updated from ${before.n}`)
    }

    override componentWillUnmount() {
      log.push('unmounted')
    }

    add(by: number) {
      this.setState(({ n }) => ({ n: n + by }))
    }

    override render = () => (
      <button onClick={() => this.add(this.props.step)}>
        {String(this.context)}
        {this.state.n}
      </button>
    )
  }
  const counter = createRef<Counter>()
  const screen = await renderLive(
    <Language value="fi">
      <Counter ref={counter} />
    </Language>,
  )
  await click(screen)
  expect(text(screen)).toBe('fi5')
  counter.current?.add(8)
  await screen.settled()
  expect(text(screen)).toBe('fi5')
  counter.current?.forceUpdate()
  await screen.settled()
  expect(text(screen)).toBe('fi13')
  expect(log).toContain('updated from 0')
  await screen.unmount()
  expect(log.slice(0, 2)).toEqual(['derive 5', 'mounted'])
  expect(log.at(-1)).toBe('unmounted')
})

class Boundary extends Component<{ log?: string[]; children: ReactNode }, { failed: string | null }> {
  override state = { failed: null }

  static getDerivedStateFromError(error: Error) {
    return { failed: error.message }
  }

  override componentDidCatch(error: Error, { componentStack }: { componentStack?: string | null }) {
    this.props.log?.push(`${error.message} in ${/at (\w+)/.exec(componentStack ?? '')?.[1]}`)
  }

  override render() {
    if (this.state.failed === null) return this.props.children
    return <button onClick={() => this.setState({ failed: null })}>failed: {this.state.failed}</button>
  }
}

test('an error boundary catches what throws in render, shows its own output, and can be reset', async () => {
  const log: string[] = []
  let broken = true
  function Fragile() {
    if (broken) throw new Error('broken')
    return <b>mended</b>
  }
  const caught: string[] = []
  const screen = await renderLive(
    <main>
      <Boundary log={log}>
        <Fragile />
      </Boundary>
      <i>beside</i>
    </main>,
    { onError: (error) => void caught.push((error as Error).message) },
  )
  expect(text(screen)).toBe('failed: brokenbeside')
  expect(log).toEqual(['broken in Fragile'])
  expect(caught).toEqual(['broken'])
  broken = false
  await click(screen)
  expect(text(screen)).toBe('mendedbeside')
  await screen.unmount()
})

test('an error after a click, in an effect, or of an async component reaches the nearest boundary', async () => {
  function InRender() {
    const [on, set] = useState(false)
    if (on) throw new Error('render')
    return <u onClick={() => set(true)}>ok</u>
  }
  function InEffect() {
    const [on, set] = useState(false)
    useEffect(() => {
      if (on) throw new Error('effect')
    }, [on])
    return <u onClick={() => set(true)}>ok</u>
  }
  async function Later() {
    await null
    return fail('later')
  }
  for (const [Part, message] of [
    [InRender, 'render'],
    [InEffect, 'effect'],
    [Later, 'later'],
  ] as const) {
    const screen = await renderLive(
      <Boundary>
        <Boundary>
          <Part />
        </Boundary>
        <i>outside</i>
      </Boundary>,
      { onError: () => {} },
    )
    if (message !== 'later') await click(screen, 'u')
    expect(text(screen)).toBe(`failed: ${message}outside`)
    await screen.unmount()
  }
})
