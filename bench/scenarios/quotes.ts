export interface Quote {
  readonly symbol: string
  readonly name: string
  readonly price: number
  readonly change: number
  readonly volume: number
  readonly high: number
  readonly low: number
  readonly venue: string
}

export type QuoteChange = Pick<Quote, 'symbol' | 'price' | 'change'>

const venues = ['Xetra', 'Nasdaq', 'Euronext', 'Tokyo']
const trades = ['Steel', 'Foods', 'Motors', 'Energy', 'Pharma']

/** A made-up share; the same number gives the same one. */
export function quoteOf(i: number): Quote {
  const price = 20 + ((i * 7919) % 9000) / 100
  return {
    symbol: symbolOf(i),
    name: `${symbolOf(i)[0]}${symbolOf(i).slice(1).toLowerCase()} ${trades[i % trades.length]}`,
    price,
    change: ((i * 31) % 500) / 100 - 2.5,
    volume: 1000 + ((i * 104_729) % 90_000),
    high: price + 1.25,
    low: price - 1.75,
    venue: venues[i % venues.length] as string,
  }
}

function symbolOf(i: number): string {
  const letter = (n: number) => String.fromCharCode(65 + (n % 26))
  return letter(i) + letter(i / 26 + 7) + letter(i / 676 + 3)
}

export const thousandQuotes: readonly Quote[] = Array.from({ length: 1000 }, (_, i) => quoteOf(i))

/** The n-th trade: price and change of one of the thousand move. */
export function quoteChange(n: number): QuoteChange {
  const { symbol, price, change } = thousandQuotes[(n * 379) % 1000] as Quote
  return { symbol, price: price + (n % 90) / 100 + 0.01, change: change + (n % 90) / 100 + 0.01 }
}
