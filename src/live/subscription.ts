import type { MessageInfo, Place, TopicListener, Topics } from './services.ts'

/**
 * What `useTopic` keeps of its component: it listens with what the last commit had. Thousands of components render for
 * one message, so none of this is made anew for a render, as effects and event functions usually are.
 */
export class Subscription implements TopicListener {
  private topics: Topics | null = null
  private place: Place | null = null
  onMessage: (data: unknown, info: MessageInfo) => void = ignore
  private onGap: (() => void) | undefined

  committed(
    topics: Topics,
    place: Place,
    onMessage: this['onMessage'],
    onGap: (() => void) | undefined,
  ): void {
    this.topics = topics
    this.place = place
    this.onMessage = onMessage
    this.onGap = onGap
  }

  /** Listens; returns the function that ends that. An effect of the component. */
  readonly begin = (): (() => void) => (this.topics as Topics).subscribe(this.place as Place, this)

  message(data: unknown, info: MessageInfo): void {
    this.onMessage(data, info)
  }

  gap(): void {
    this.onGap?.()
  }
}

function ignore(): void {}
