import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { brokerUrls, describeWithBroker } from '../support/brokers.ts'
import { describeInBrowser } from './chromium.ts'
import { type Demo, keepScreenshot, startDemo, TestBrowser } from './demo.ts'

const run = promisify(execFile)

describeWithBroker('rabbitmq', 'the orders board, fed from RabbitMQ', (url) => {
  describeInBrowser('in Chromium', () => {
    const queue = `liveroot_test_${randomBytes(6).toString('hex')}`
    const env = { ORDERS_QUEUE: url, ORDERS_QUEUE_NAME: queue }
    let demo: Demo
    let browser: TestBrowser

    beforeAll(async () => {
      demo = await startDemo(0, env)
      browser = await TestBrowser.launch()
    }, 60_000)

    afterAll(async () => {
      await browser?.close()
      await demo?.stop()
      const { connect } = await import('amqplib')
      const connection = await connect(brokerUrls.rabbitmq)
      const channel = await connection.createChannel()
      for (const name of [queue, `${queue}.dead`]) await channel.deleteQueue(name)
      await connection.close()
    })

    test('what `npm run orders` puts in the queue is on the board; what is no order is a dead letter', async () => {
      const page = await browser.visit(`${demo.url}/orders`)
      await page.getByText('feeds this board').waitFor()
      const rows = page.locator('tbody tr')
      const before = await rows.count()
      await run(process.execPath, ['scripts/orders.mjs', '3'], { env: { ...process.env, ...env } })
      await page.waitForFunction(
        (count) => document.querySelectorAll('tbody tr').length === count,
        before + 3,
      )
      await keepScreenshot(page, 'orders-from-rabbitmq')

      const { connect } = await import('amqplib')
      const connection = await connect(url)
      const channel = await connection.createConfirmChannel()
      channel.sendToQueue(queue, Buffer.from('{"customer":""}'))
      await channel.waitForConfirms()
      let letter: Awaited<ReturnType<typeof channel.get>> = false
      for (const end = Date.now() + 20_000; letter === false && Date.now() < end; ) {
        letter = await channel.get(`${queue}.dead`, { noAck: true })
      }
      const headers = letter === false ? undefined : letter.properties.headers
      expect(headers).toMatchObject({
        'x-liveroot-code': 'bad_delivery',
        'x-liveroot-message': expect.stringContaining('"customer" must be'),
      })
      await connection.close()
      expect(await rows.count()).toBe(before + 3)
      expect(browser.complaints).toEqual([])
    }, 90_000)
  })
})
