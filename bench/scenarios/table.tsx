import { useTopic } from 'liveroot'
import { memo, useState } from 'react'
import { type Quote, type QuoteChange, quoteChange, quoteOf, thousandQuotes } from './quotes.ts'
import { scenario } from './scenario.ts'

const columns = ['Symbol', 'Name', 'Price', 'Change', 'Volume', 'High', 'Low', 'Venue']

export function Table() {
  const [quotes, setQuotes] = useState(thousandQuotes)
  const [selected, setSelected] = useState<string | null>(null)
  useTopic<Quote>('listings', (quote) => setQuotes((all) => [quote, ...all]))
  return (
    <table>
      <thead>{headings()}</thead>
      <tbody>
        {quotes.map((quote) => (
          <Row key={quote.symbol} quote={quote} selected={quote.symbol === selected} onSelect={setSelected} />
        ))}
      </tbody>
    </table>
  )
}

interface RowProps {
  readonly quote: Quote
  readonly selected: boolean
  readonly onSelect: (symbol: string) => void
}

const Row = memo(function Row({ quote: listed, selected, onSelect }: RowProps) {
  const [quote, setQuote] = useState(listed)
  useTopic<QuoteChange>(`quotes:${quote.symbol}`, (change) => setQuote((last) => ({ ...last, ...change })))
  return (
    <tr className={selected ? 'selected' : undefined} onClick={() => onSelect(quote.symbol)}>
      {cells(quote)}
    </tr>
  )
})

function PlainTable({ quotes }: { quotes: readonly Quote[] }) {
  return (
    <table>
      <thead>{headings()}</thead>
      <tbody>
        {quotes.map((quote) => (
          <PlainRow key={quote.symbol} quote={quote} />
        ))}
      </tbody>
    </table>
  )
}

function PlainRow({ quote }: { quote: Quote }) {
  return <tr>{cells(quote)}</tr>
}

function headings() {
  return (
    <tr>
      {columns.map((column) => (
        <th key={column}>{column}</th>
      ))}
    </tr>
  )
}

function cells({ symbol, name, price, change, volume, high, low, venue }: Quote) {
  return (
    <>
      <td>{symbol}</td>
      <td>{name}</td>
      <td>{price.toFixed(2)}</td>
      <td>{change.toFixed(2)}</td>
      <td>{volume}</td>
      <td>{high.toFixed(2)}</td>
      <td>{low.toFixed(2)}</td>
      <td>{venue}</td>
    </>
  )
}

/** Two cells of one row of a thousand change. */
export const tableCell = scenario<readonly Quote[]>({
  component: Table,
  message: (n) => {
    const change = quoteChange(n)
    return { topic: `quotes:${change.symbol}`, data: change }
  },
  plain: {
    initial: thousandQuotes,
    reduce: (quotes, data) => {
      const change = data as QuoteChange
      return quotes.map((quote) => (quote.symbol === change.symbol ? { ...quote, ...change } : quote))
    },
    render: (quotes) => <PlainTable quotes={quotes} />,
  },
})

/** A row appears on top of a thousand. */
export const tablePrepend = scenario<readonly Quote[]>({
  component: Table,
  message: (n) => ({ topic: 'listings', data: quoteOf(1000 + n) }),
  plain: {
    initial: thousandQuotes,
    reduce: (quotes, data) => [data as Quote, ...quotes],
    render: (quotes) => <PlainTable quotes={quotes} />,
  },
})
