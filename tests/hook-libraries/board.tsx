import { useEffect, useState } from 'react'

// Written as one writes it, with nothing memoised by hand. The tests run it as it is and compiled by React Compiler.

export interface Row {
  id: number
  name: string
  points: number
}

export interface BoardProps {
  rows: readonly Row[]
  /** Hears of every render of a row's badge. */
  onBadge?(name: string): void
}

/** A table of host elements alone, above a button that changes nothing in it. */
export function Board({ rows }: BoardProps) {
  const [likes, setLikes] = useState(0)
  const [bonus, setBonus] = useState(0)
  return (
    <main>
      <h1>Board</h1>
      <table>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id} title={row.name}>
              <td>{row.name}</td>
              <td>{row.points + bonus}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <button onClick={() => setLikes(likes + 1)}>{likes}</button>
      <u onClick={() => setBonus(bonus + 1)}>bonus</u>
    </main>
  )
}

function Badge({ row, onBadge }: { row: Row; onBadge?(name: string): void }) {
  onBadge?.(row.name)
  return (
    <b>
      {row.name} {row.points}
    </b>
  )
}

function useSeconds(): number {
  const [seconds, setSeconds] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => setSeconds((before) => Math.min(before + 1, 2)), 3)
    return () => clearInterval(timer)
  }, [])
  return seconds
}

/** A list of components beside a clock that ticks by an effect. */
export function Badges({ rows, onBadge }: BoardProps) {
  const seconds = useSeconds()
  return (
    <section>
      <output>{seconds}</output>
      {rows.map((row) => (
        <Badge key={row.id} row={row} onBadge={onBadge} />
      ))}
    </section>
  )
}
