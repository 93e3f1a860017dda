import { LiverootError } from '../errors.ts'

/** What every validation library offers that follows Standard Schema (https://standardschema.dev), version 1. */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
  }
}

type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] }

interface SchemaIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** One thing that is wrong with the arguments of a call, in the `details` of `invalid_arguments`. */
export interface ArgumentIssue {
  /** The number of the argument, then the way inside it. */
  readonly path: readonly (string | number)[]
  readonly message: string
}

type TypesOf<Schema> = Schema extends { readonly '~standard': { readonly types?: infer Types } }
  ? NonNullable<Types>
  : never
type Inputs<Schemas> = {
  [Index in keyof Schemas]: TypesOf<Schemas[Index]> extends { readonly input: infer Input } ? Input : never
}
type Outputs<Schemas> = {
  [Index in keyof Schemas]: TypesOf<Schemas[Index]> extends { readonly output: infer Output } ? Output : never
}

/**
 * Makes a server function that checks its arguments before it runs: what a browser sends may be anything, whatever
 * TypeScript says. Takes the schemas of any library that follows Standard Schema (Zod, Valibot, ArkType, ...).
 *
 * ```ts
 * export const rename = checked([z.string(), z.object({ title: z.string().min(1) })], async (id, { title }) => { ... })
 * ```
 *
 * @param schemas one for each argument. More arguments than that are dropped.
 * @param fn gets what the schemas made of the arguments: parsed, with defaults and transformations.
 * @returns the function to pass to the browser. It takes what the schemas take.
 * @throws `invalid_arguments`, with an array of {@link ArgumentIssue} as `details`, in the browser that called.
 */
export function checked<const Schemas extends readonly StandardSchema[], Result>(
  schemas: Schemas,
  fn: (...args: Outputs<Schemas>) => Result,
): (...args: Inputs<Schemas>) => Promise<Awaited<Result>> {
  return async (...args): Promise<Awaited<Result>> => {
    const issues: ArgumentIssue[] = []
    const values = await Promise.all(
      schemas.map(async ({ '~standard': schema }, index) => {
        const result = await schema.validate(args[index])
        if (result.issues === undefined) return result.value
        issues.push(...result.issues.map((issue) => argumentIssue(issue, index)))
        return undefined
      }),
    )
    if (issues.length > 0) throw invalid(issues)
    return await fn(...(values as Outputs<Schemas>))
  }
}

function argumentIssue({ path = [], message }: SchemaIssue, index: number): ArgumentIssue {
  const steps = path.map((step) => (typeof step === 'object' ? step.key : step))
  return { path: [index, ...steps.map((step) => (typeof step === 'number' ? step : String(step)))], message }
}

function invalid(issues: readonly ArgumentIssue[]): LiverootError {
  const text = issues.map(({ path, message }) => `argument ${path.join('.')}: ${message}`).join('; ')
  return new LiverootError('invalid_arguments', text, { details: issues })
}
