import { testWindow } from './dom.ts'

const NodeFormData = globalThis.FormData

/** Node's, which the server half decodes into, made from a form of the DOM, as the browser half does. */
class EitherFormData extends NodeFormData {
  constructor(form?: HTMLFormElement, submitter?: HTMLElement | null) {
    super()
    if (form === undefined) return
    const fields = new testWindow.FormData(form as never, submitter as never)
    for (const [name, value] of fields) this.append(name, value as string)
  }
}

globalThis.FormData = EitherFormData
