import { reportPage } from '../../../src/report/page/page.ts'

/** Writes the page of a report in a worker of another page. */
addEventListener('message', ({ data: [report, sources, options] }) =>
  postMessage(reportPage(report, sources, options)),
)
