/** The URLs that a page must load; written by the client's build. */
export interface Assets {
  readonly scripts: readonly string[]
  readonly styles: readonly string[]
}

const icon = [
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">',
  '<path d="M12 3v9m0 0c0 5-3 7-7 8m7-8c0 5 3 7 7 8m-7-8v9"',
  ' fill="none" stroke="#2f9e6e" stroke-width="2.4" stroke-linecap="round"/>',
  '<circle cx="12" cy="4" r="2.8" fill="#2f9e6e"/></svg>',
].join('')

const description = 'React components with state on the server, kept in step with browsers over a socket.'

/** The HTML of every page: what it shows is up to the scripts. */
export function pageShell({ scripts, styles }: Assets): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="${description}">
<title>Liveroot</title>
<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(icon)}">
${styles.map((url) => `<link rel="stylesheet" href="${url}">`).join('\n')}
${scripts.map((url) => `<script src="${url}" defer></script>`).join('\n')}
</head>
<body>
<div id="app"></div>
<noscript>Liveroot's demo needs JavaScript.</noscript>
</body>
</html>
`
}
