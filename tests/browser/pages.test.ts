import { describeInBrowser } from './chromium.ts'
import { keepScreenshot } from './demo.ts'
import { useDemo } from './demo-in-browser.ts'

const paths = [
  '',
  'counter',
  'rooms/general',
  'orders',
  'market',
  'slow',
  'chart',
  'sign-up',
  'todos',
  'upload',
  'seven-guis',
]
const devices = {
  laptop: {},
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
}
const looks = (['light', 'dark'] as const).flatMap((colorScheme) =>
  (['laptop', 'phone'] as const).map((device) => ({ colorScheme, device })),
)

describeInBrowser('the pages of the demo in Chromium', () => {
  const demo = useDemo()

  async function look(path: string, { colorScheme, device }: (typeof looks)[number]): Promise<void> {
    const page = await demo.open(path, { ...devices[device], colorScheme })
    await page.getByText('Live', { exact: true }).first().waitFor()
    await page.waitForFunction(() => document.querySelector('[aria-busy=true]') === null)
    const name = path === '' ? 'home' : path.replace('/', '-')
    await keepScreenshot(page, `${name}-${device}-${colorScheme}`)
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    expect(overflow).toBeLessThanOrEqual(0)
    await page.context().close()
  }

  // At once, for what is slow on a page is waited for, not computed.
  test.each(paths)('page /%s looks right on a laptop and a phone, light and dark', async (path) => {
    await Promise.all(looks.map((each) => look(path, each)))
  })
})
