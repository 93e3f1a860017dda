// Fields that mark an argument as something other than data. An event's mark is in `live-event.ts`.

/** A function of the server: `[root, seen, slot, path, bound]`, as a call would name it. */
export const functionMark = '@function'

/** A live argument: its value now. Newer ones come as `argument` messages. */
export const liveMark = '@live'

/** A file, among the parts of a reply: `[upload, size, name, type, lastModified]`. */
export const fileMark = '@file'

/** Data of the application that has the field of a mark: what stands in this field is just data. */
export const dataMark = '@data'
