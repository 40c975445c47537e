import { html } from './html.ts'

/** How it was measured, in short, and what it does not show. */
export const methodSections = html`<section id="method" aria-labelledby="method-title">
<h2 id="method-title">How it was measured</h2>
<dl class="method">
<dt>Real rows</dt>
<dd>Held-out rows come from the same source as training rows, and the generator has not seen them. What "real rows" get in a table is measured on sets
of other real rows, drawn from both. Columns that only number the rows are left out. Rows are drawn by a seed: the same tables give
the same report.</dd>
<dt>Columns and pairs</dt>
<dd>Shapes and trends are the ideas of SDMetrics. Two columns of numbers are compared by their correlation, others by how often their values,
or tenths of numbers, meet. At most 5,000 rows of either are compared.</dd>
<dt>Detection</dt>
<dd>The classifier two-sample test (Lopez-Paz and Oquab, "Revisiting classifier two-sample tests", 2017), with boosted trees on four fifths of the rows,
judged on the last fifth, in turn.</dd>
<dt>Utility</dt>
<dd>Train on synthetic, test on real (Esteban, Hyland and Rätsch, 2017), with the same trees.</dd>
<dt>Membership</dt>
<dd>Distance: Chen et al., "GAN-Leaks", 2020. Calibrated distance: Watson et al., "On the importance of difficulty calibration", 2022.
Density: van Breugel et al., "DOMIAS", 2023. Members found where false alarms are rare: Carlini et al., "Membership inference attacks from first
principles", 2022. The AUC is Mann and Whitney's (1947), its interval a bootstrap (Efron 1979), made wider so that all tests
together raise a false alarm in at most one of twenty reports (Bonferroni).</dd>
<dt>Copies and singling out</dt>
<dd>Two rows differ, column by column, by the share of real rows between their numbers, or by whether their names are the same (Gower 1971,
with ranks). Singling out: Giomi
et al., "A unified framework for quantifying privacy risk in synthetic data", 2023. Intervals of shares are Wilson's (1927).</dd>
<dt>The closest rows</dt>
<dd>A share that is often shown as a proof of privacy, and is none: Yao et al., "The DCR Delusion", 2025.</dd>
</dl>
</section>
<section id="limits-of-report" aria-labelledby="limits-of-report-title">
<h2 id="limits-of-report-title">What this does not show</h2>
<ul>
<li>An attack that found nothing is no proof that nothing can be found: a stronger one, or someone who knows more, may find it.</li>
<li>The attacks have these samples alone. Whoever has the model file can draw as many more as they like, and look inside.</li>
<li>It judges rows. Where a person has several rows, or a family or a firm is to be protected, it says too little.</li>
<li>It holds if training rows and held-out rows come from the same source, and nobody has a row in both.</li>
<li>What is true of people in general can be learned from samples as from any statistics: that is their purpose, and is not counted as giving
somebody away.</li>
<li>Quality is measured column by column and pair by pair. What only three columns together show, detection alone may notice.</li>
<li>It is no guarantee, such as differential privacy gives, and no legal judgement.</li>
</ul>
</section>`
